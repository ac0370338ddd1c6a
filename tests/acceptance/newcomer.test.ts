import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(fileURLToPath(import.meta.url), "../../..");
let home: string;

interface Finished {
  code: number | null;
  output: string;
}

/** Runs a command as a person in a terminal would, with a state directory of its own; at most ten minutes. */
function run(command: string, args: readonly string[]): { child: ChildProcess; finished: Promise<Finished> } {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, LLMFLOW_HOME: home, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part: Buffer) => (output += part.toString()));
  const limit = setTimeout(() => child.kill("SIGTERM"), 590_000);
  const finished = new Promise<Finished>((resolve) =>
    child.once("close", (code) => {
      clearTimeout(limit);
      resolve({ code, output });
    }),
  );
  return { child, finished };
}

beforeAll(async () => {
  home = await mkdtemp("/var/tmp/llmflow-newcomer-");
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe("a newcomer", () => {
  test("sees both example questions answered by the rules that hold now, with file and page", async () => {
    const { code, output } = await run("npm", ["start", "--silent", "--", "--once"]).finished;
    expect(output).toContain("3일 전까지");
    expect(output).not.toContain("7일 전까지");
    expect(output).toMatch(/three days/i);
    expect(output).toContain("연차관리규정.pdf");
    expect(code).toBe(0);
  });

  test("finds the same answers again at the second start, without indexing anything twice", async () => {
    const { code, output } = await run("npm", ["start", "--silent", "--", "--once"]).finished;
    expect(output).toContain("3일 전까지");
    expect(code).toBe(0);
    const state = JSON.parse(await readFile(join(home, "run/state.json"), "utf8").catch(() => "{}")) as {
      services?: { pid: number | null }[];
    };
    for (const { pid } of state.services ?? []) expect(pid === null || !isAlive(pid)).toBe(true);
  });
});

/** The commands of one section of a Markdown page, as they stand there. */
async function commandsOf(page: string, heading: string): Promise<string[]> {
  const text = await readFile(join(root, page), "utf8");
  const block = text.split(`## ${heading}\n`)[1]?.match(/```sh\n([\s\S]*?)```/)?.[1] ?? "";
  return block.split("\n").filter((line) => line.trim() !== "");
}

describe("the README", () => {
  test("holds only commands that work, in their order", async () => {
    const commands = await commandsOf("README.md", "At the terminal");
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands) {
      const { code, output } = await run("bash", ["-c", command]).finished;
      expect(code, `${command}\n${output}`).toBe(0);
    }
  });
});

/** Nothing of a stack that has stopped may be left behind. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
