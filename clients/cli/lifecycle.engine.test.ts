import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeJwt } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { processIdentity } from "../../infra/engines/process-identity.js";
import { homeAt } from "../../infra/supervisor/home.js";
import { readLiveState, readState } from "../../infra/supervisor/state.js";

const program = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "bin", "llmflow");
/** The heavier engines are those of the environment; PostgreSQL and Valkey are provisioned. */
const given = [
  "NEO4J_URI",
  "NEO4J_USER",
  "NEO4J_PASSWORD",
  "MILVUS_ADDRESS",
  "S3_ENDPOINT",
  "S3_ACCESS_KEY_ID",
  "S3_SECRET_ACCESS_KEY",
  "CACHE_REDIS_URL",
];

let root: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "cli-"));
  await chmod(root, 0o755);
  env = { LLMFLOW_HOME: join(root, "home") };
  for (const name of ["PATH", "HOME", "LLMFLOW_CACHE", ...given]) if (process.env[name]) env[name] = process.env[name];
});
afterEach(async () => {
  await llmflow("down");
  await rm(root, { recursive: true, force: true });
}, 60_000);

/** Runs the command line to its end, as a user does. */
function llmflow(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env, cwd: root, timeout: 150_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
    });
  });
}

async function processesOfHome(): Promise<number[]> {
  const state = await readState(homeAt(env.LLMFLOW_HOME as string));
  const alive: number[] = [];
  for (const { pid, identity } of state?.services ?? []) {
    if (pid !== null && (await processIdentity(pid)) === identity) alive.push(pid);
  }
  return alive;
}

describe("llmflow", () => {
  test("up runs in the background, a second up finds it, down leaves nothing", async () => {
    expect(await llmflow("status")).toMatchObject({ code: 3, output: "not running\n" });
    const up = await llmflow("up", "--engines");
    expect(up).toMatchObject({ code: 0, output: expect.stringContaining("running in the background") });
    const running = await readLiveState(homeAt(env.LLMFLOW_HOME as string));
    expect(await processesOfHome()).toHaveLength(2);
    const again = await llmflow("up", "--engines");
    expect(again.output).toContain(`already running (process ${running?.supervisor.pid})`);
    const status = await llmflow("status");
    expect(status.output).toMatch(/postgres +ready/);
    expect(status.output).toMatch(/neo4j +external/);
    expect((await llmflow("logs", "postgres")).output).toContain("database system is ready to accept connections");
    const processes = await processesOfHome();
    expect((await llmflow("down")).output).toContain("stopped");
    for (const pid of processes) expect(await processIdentity(pid)).toBeNull();
    expect((await llmflow("down")).output).toContain("nothing is running");
  }, 240_000);

  test("up started twice at once brings up one", async () => {
    const [one, other] = await Promise.all([llmflow("up", "--engines"), llmflow("up", "--engines")]);
    expect([one.code, other.code]).toEqual([0, 0]);
    expect([one.output, other.output].filter((output) => output.includes("already"))).toHaveLength(1);
  }, 240_000);

  test("a supervisor that is killed leaves no engine behind, and the next up works", async () => {
    await llmflow("up", "--engines");
    const state = await readLiveState(homeAt(env.LLMFLOW_HOME as string));
    process.kill(state?.supervisor.pid as number, "SIGKILL");
    await expect.poll(processesOfHome, { timeout: 20_000 }).toEqual([]);
    expect(await llmflow("status")).toMatchObject({ code: 3 });
    expect(await llmflow("up", "--engines")).toMatchObject({ code: 0 });
  }, 240_000);

  test("up --foreground ends with all it started at Ctrl-C", async () => {
    const child = spawn(process.execPath, [program, "up", "--engines", "--foreground"], { env, cwd: root });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    const exited = once(child, "exit");
    await expect.poll(() => output, { timeout: 150_000 }).toContain("Ctrl-C stops it");
    const processes = await processesOfHome();
    expect(processes).toHaveLength(2);
    child.kill("SIGINT");
    expect(await exited).toEqual([0, null]);
    for (const pid of processes) expect(await processIdentity(pid)).toBeNull();
  }, 240_000);

  test("reset deletes everything, and only when it is confirmed", async () => {
    await llmflow("up", "--engines");
    const processes = await processesOfHome();
    expect(await llmflow("reset", "--yes")).toMatchObject({ code: 0 });
    for (const pid of processes) expect(await processIdentity(pid)).toBeNull();
    expect(await readState(homeAt(env.LLMFLOW_HOME as string))).toBeNull();
    expect((await llmflow("reset", "--yes")).output).toContain("there is nothing to delete");
  }, 240_000);

  test("token mints for a tenant, departments and roles, and says what is wrong with its arguments", async () => {
    const minted = await llmflow(
      "token",
      "--tenant",
      "acme",
      "--department",
      "hr",
      "--department",
      "it",
      "--role",
      "editor",
    );
    const claims = decodeJwt(minted.output.trim());
    expect(claims).toMatchObject({ tenant_id: "acme", departments: ["hr", "it"], roles: ["editor"], aud: "llmflow" });
    expect(await llmflow("token")).toMatchObject({ code: 2, output: "llmflow: --tenant is missing\n" });
    expect(await llmflow("token", "--tenant", "a", "--role", "root")).toMatchObject({ code: 2 });
    expect(await llmflow("tokens")).toMatchObject({ code: 2 });
  }, 60_000);

  test("doctor finds this machine able, and names what another lacks", async () => {
    expect(await llmflow("doctor")).toMatchObject({ code: 0 });
    // A path with Node alone stands for a machine where nothing else is installed.
    env.PATH = dirname(process.execPath);
    for (const name of given) delete env[name];
    const bare = await llmflow("doctor");
    expect(bare.code).toBe(1);
    for (const hint of ["install openjdk-17-jre-headless", "install maven", "install python3"])
      expect(bare.output).toContain(hint);
  }, 60_000);
});
