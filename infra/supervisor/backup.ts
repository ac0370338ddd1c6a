import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { engines } from "../engines/catalogue.js";
import { runCommand } from "../engines/command.js";
import { type Lock, tryLock } from "../engines/lock.js";
import { createHome, type Environment, type Home } from "./home.js";

const ARCHIVE_LIMIT_MS = 60 * 60_000;
/** The object store keeps content types and checksums in extended attributes. */
const ATTRIBUTES = ["--xattrs", "--xattrs-include=user.*"];
const KEY_FILES = ["secrets.json", "issuer.json"];

const manifestSchema = z.object({
  format: z.literal("llmflow-backup"),
  version: z.literal(1),
  createdAt: z.string(),
  files: z.array(
    z.object({
      file: z.string().regex(/^[a-z0-9.-]+$/),
      /** Engine whose data directory the archive holds; `null` for a file of keys. */
      engine: z
        .string()
        .regex(/^[a-z0-9-]+$/)
        .nullable(),
      bytes: z.number(),
      sha256: z.string(),
    }),
  ),
});

export type BackupManifest = z.infer<typeof manifestSchema>;

/**
 * Writes an archive of each engine's data, the installation's keys (the data can be opened only with them) and a manifest
 * with checksums into an empty or new folder. The manifest is written last: a folder without one is no backup.
 * Rejects while the installation runs, and when an engine was given by URL, whose data is not here.
 */
export async function backupHome(
  home: Home,
  target: string,
  options: { readonly env: Environment; readonly signal: AbortSignal; progress(line: string): void },
): Promise<BackupManifest> {
  refuseGivenEngines(options.env);
  const lock = await lockStopped(home);
  try {
    await mkdir(target, { recursive: true, mode: 0o700 });
    if ((await readdir(target)).length > 0) throw new Error(`${target} is not empty`);
    const present = await readdir(home.data).catch((): string[] => []);
    const files: BackupManifest["files"] = [];
    for (const { name, title } of engines) {
      if (!present.includes(name)) continue;
      const file = `${name}.tar.gz`;
      const path = join(target, file);
      const tar = ["--create", "--gzip", ...ATTRIBUTES, "--file", path, "--directory", home.data, name];
      await runCommand("tar", tar, { signal: options.signal, timeoutMs: ARCHIVE_LIMIT_MS });
      await chmod(path, 0o600);
      files.push({ file, engine: name, ...(await fingerprint(path)) });
      options.progress(`${title} is saved`);
    }
    if (files.length === 0) throw new Error(`there is no data in ${home.root}`);
    for (const file of KEY_FILES) {
      const source = join(home.root, file);
      if (!(await exists(source))) continue;
      const path = join(target, file);
      await copyFile(source, path);
      await chmod(path, 0o600);
      files.push({ file, engine: null, ...(await fingerprint(path)) });
    }
    const createdAt = new Date().toISOString();
    const manifest: BackupManifest = { format: "llmflow-backup", version: 1, createdAt, files };
    const staging = join(target, "manifest.json.new");
    await writeFile(staging, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
    await rename(staging, join(target, "manifest.json"));
    return manifest;
  } finally {
    await lock.release();
  }
}

/**
 * Puts a backup in the place of the installation's data and keys. Everything is checked and unpacked before anything is
 * replaced. Rejects while the installation runs, when a file is missing or changed, and, unless `replace`, when the
 * installation holds data already.
 */
export async function restoreHome(
  home: Home,
  source: string,
  options: {
    readonly env: Environment;
    readonly signal: AbortSignal;
    readonly replace: boolean;
    progress(line: string): void;
  },
): Promise<BackupManifest> {
  refuseGivenEngines(options.env);
  const manifest = await readManifest(source);
  for (const { file, bytes, sha256 } of manifest.files) {
    const found = await fingerprint(join(source, file)).catch(() => null);
    if (found === null) throw new Error(`${join(source, file)} is missing`);
    if (found.bytes !== bytes || found.sha256 !== sha256)
      throw new Error(`${join(source, file)} is not what was saved`);
  }
  await createHome(home);
  const lock = await lockStopped(home);
  try {
    if (!options.replace && (await readdir(home.data)).length > 0) {
      throw new Error(`${home.root} holds data already: add --replace to delete it first`);
    }
    const staging = join(home.root, "restoring");
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging, { mode: 0o711 });
    await chmod(staging, 0o711);
    for (const { file, engine } of manifest.files) {
      if (engine === null) continue;
      const tar = ["--extract", "--gzip", ...ATTRIBUTES, "--file", join(source, file), "--directory", staging];
      await runCommand("tar", tar, { signal: options.signal, timeoutMs: ARCHIVE_LIMIT_MS });
      options.progress(`${engine} is unpacked`);
    }
    await replaceData(home, staging);
    for (const { file, engine } of manifest.files) {
      if (engine !== null || !KEY_FILES.includes(file)) continue;
      const path = join(home.root, file);
      await copyFile(join(source, file), `${path}.new`);
      await chmod(`${path}.new`, 0o600);
      await rename(`${path}.new`, path);
    }
    return manifest;
  } finally {
    await lock.release();
  }
}

async function replaceData(home: Home, staging: string): Promise<void> {
  const before = join(dirname(home.data), `${basename(home.data)}.before`);
  await rm(before, { recursive: true, force: true });
  await rename(home.data, before);
  await rename(staging, home.data);
  await rm(before, { recursive: true, force: true });
}

async function readManifest(source: string): Promise<BackupManifest> {
  let text: string;
  try {
    text = await readFile(join(source, "manifest.json"), "utf8");
  } catch {
    throw new Error(`${source} holds no backup (there is no manifest.json)`);
  }
  const parsed = manifestSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`the manifest in ${source} cannot be read: ${parsed.error.message}`);
  return parsed.data;
}

function refuseGivenEngines(env: Environment): void {
  const given = engines.filter(({ urlVariable }) => env[urlVariable]).map(({ urlVariable }) => urlVariable);
  if (given.length === 0) return;
  throw new Error(`${given.join(", ")} is set: save and restore engines given by URL with their own tools`);
}

/** Holds the supervisor's own lock, so that nothing can start in the meantime. */
async function lockStopped(home: Home): Promise<Lock> {
  const taken = await tryLock(home.lock);
  if ("holder" in taken) throw new Error(`LLMFlow is running (process ${taken.holder.pid}): stop it first`);
  return taken.lock;
}

async function fingerprint(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
