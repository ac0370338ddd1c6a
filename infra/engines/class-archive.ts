import { existsSync } from "node:fs";
import { copyFile, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";

/**
 * Java options that make the next start quicker: the first clean stop writes an archive of the loaded classes,
 * later starts map it. Java checks that archive and class path agree and goes on without it where they do not.
 */
export function classArchiveOptions(installation: string, runDirectory: string): string[] {
  const archive = join(installation, "classes.jsa");
  if (existsSync(archive)) return [`-XX:SharedArchiveFile=${archive}`];
  return [`-XX:ArchiveClassesAtExit=${written(installation, runDirectory)}`];
}

/** Moves an archive that an earlier run has written into the installation, where every later start finds it. */
export async function keepClassArchive(installation: string, runDirectory: string): Promise<void> {
  const source = written(installation, runDirectory);
  const archive = join(installation, "classes.jsa");
  if (!existsSync(source)) return;
  if (!existsSync(archive)) {
    const staging = `${archive}.${process.pid}`;
    await copyFile(source, staging);
    await rename(staging, archive);
  }
  await rm(source);
}

/** Named by the installation, whose class path it fits. */
function written(installation: string, runDirectory: string): string {
  return join(runDirectory, `${basename(installation)}.jsa`);
}
