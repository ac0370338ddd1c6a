import { mkdir, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { cacheDirectory } from "../../../infra/engines/cache.js";
import { engines } from "../../../infra/engines/catalogue.js";
import { runCommand } from "../../../infra/engines/command.js";
import { findJava } from "../../../infra/engines/java.js";
import { findPython } from "../../../infra/engines/python.js";
import { isFree } from "../../../infra/supervisor/ports.js";
import { services } from "../../../infra/supervisor/services.js";
import { readLiveState } from "../../../infra/supervisor/state.js";
import type { Command, CommandContext } from "../command.js";

const NEEDED_GIGABYTES = 3;
const JAVA_ENGINES = ["NEO4J_URI", "S3_ENDPOINT"];

interface Finding {
  readonly subject: string;
  readonly state: "ok" | "note" | "missing";
  readonly detail: string;
}

export const doctor: Command = {
  summary: "check what this machine needs and say how to get what is missing",
  usage: "",
  async run(_args, context) {
    const findings = (
      await Promise.all([node(), python(context), java(context), tar(context), disk(context), ports(context)])
    ).flat();
    for (const { subject, state, detail } of findings)
      context.print(`${state.padEnd(8)}${subject.padEnd(10)}${detail}`);
    return findings.some(({ state }) => state === "missing") ? 1 : 0;
  },
};

async function node(): Promise<Finding[]> {
  const isEnough = Number(process.versions.node.split(".")[0]) >= 20;
  const detail = isEnough ? process.versions.node : `${process.versions.node} is too old: install Node 20 or later`;
  return [{ subject: "Node", state: isEnough ? "ok" : "missing", detail }];
}

async function python({ signal }: CommandContext): Promise<Finding[]> {
  try {
    const command = await findPython(signal);
    const version = await runCommand(command, ["-m", "pip", "--version"], { signal, timeoutMs: 30_000 });
    return [{ subject: "Python", state: "ok", detail: `${command} with ${version.split(" ").slice(0, 2).join(" ")}` }];
  } catch (error) {
    return [{ subject: "Python", state: "missing", detail: firstLine(error) }];
  }
}

async function java({ env, signal }: CommandContext): Promise<Finding[]> {
  if (JAVA_ENGINES.every((variable) => env[variable])) {
    return [{ subject: "Java", state: "ok", detail: "not needed: Neo4j and S3 are given by URL" }];
  }
  const findings: Finding[] = [];
  try {
    findings.push({ subject: "Java", state: "ok", detail: await findJava(env.JAVA_HOME, signal) });
  } catch (error) {
    findings.push({ subject: "Java", state: "missing", detail: firstLine(error) });
  }
  const maven = await runCommand("mvn", ["-B", "-version"], { signal, timeoutMs: 60_000 }).catch(() => null);
  if (maven === null)
    findings.push({ subject: "Maven", state: "missing", detail: "install it (Debian: apt install maven)" });
  else findings.push({ subject: "Maven", state: "ok", detail: /Maven (\S+)/.exec(maven)?.[1] ?? "found" });
  return findings;
}

async function tar({ signal }: CommandContext): Promise<Finding[]> {
  const version = await runCommand("tar", ["--version"], { signal, timeoutMs: 10_000 }).catch(() => "");
  const isGnu = version.includes("GNU tar");
  const detail = isGnu ? "GNU tar" : "`backup` and `restore` need GNU tar (Debian: apt install tar)";
  return [{ subject: "tar", state: isGnu ? "ok" : "note", detail }];
}

async function disk(context: CommandContext): Promise<Finding[]> {
  const places = [
    { subject: "Cache", path: cacheDirectory(context.env) },
    { subject: "Disk", path: context.home.root },
  ];
  return Promise.all(
    places.map(async ({ subject, path }): Promise<Finding> => {
      try {
        await mkdir(dirname(path), { recursive: true });
        const { bavail, bsize } = await statfs(dirname(path));
        const free = (bavail * bsize) / 1e9;
        if (free >= NEEDED_GIGABYTES) return { subject, state: "ok", detail: `${free.toFixed(0)} GB free for ${path}` };
        return {
          subject,
          state: "missing",
          detail: `${free.toFixed(1)} GB free for ${path}: ${NEEDED_GIGABYTES} are needed`,
        };
      } catch (error) {
        return { subject, state: "missing", detail: `${path} cannot be made: ${firstLine(error)}` };
      }
    }),
  );
}

async function ports({ home }: CommandContext): Promise<Finding[]> {
  if ((await readLiveState(home)) !== null) return [{ subject: "Ports", state: "ok", detail: "LLMFlow is running" }];
  const wanted = [
    ...engines.map(({ name, defaultPort }) => ({ name, port: defaultPort })),
    ...services.map(({ name, preferredPort }) => ({ name, port: preferredPort })),
  ];
  const checked = await Promise.all(wanted.map(async ({ name, port }) => ({ name, port, free: await isFree(port) })));
  const taken = checked.filter(({ free }) => !free);
  if (taken.length === 0) return [{ subject: "Ports", state: "ok", detail: "all free" }];
  const list = taken.map(({ name, port }) => `${port} (${name})`).join(", ");
  return [{ subject: "Ports", state: "note", detail: `taken, the next free ones will be used: ${list}` }];
}

function firstLine(error: unknown): string {
  return (error as Error).message.split("\n")[0] ?? "";
}
