import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Where Debian, its relatives and Homebrew put it. */
const USUAL_PLACES = ["/usr/bin/tesseract", "/usr/local/bin/tesseract", "/opt/homebrew/bin/tesseract"];
const ASK_MS = 5_000;

async function readsKorean(path: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(path, ["--list-langs"], {
      timeout: ASK_MS,
      env: { LC_ALL: "C.UTF-8" },
    });
    const languages = stdout.split("\n").map((line) => line.trim());
    return languages.includes("kor") && languages.includes("eng");
  } catch {
    return false;
  }
}

/** The first Tesseract that reads Korean and English: the one configured, or one in the usual places; undefined when there is none. */
export async function findTesseract(configured?: string): Promise<string | undefined> {
  for (const path of configured === undefined ? USUAL_PLACES : [configured]) if (await readsKorean(path)) return path;
  return undefined;
}
