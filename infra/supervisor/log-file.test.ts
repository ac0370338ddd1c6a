import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LogFile } from "./log-file.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "log-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a log file", () => {
  test("takes no more than twice its limit on the disk, and keeps the newest lines", async () => {
    const log = new LogFile(join(folder, "a.log"), 1_000);
    for (let line = 0; line < 1_000; line++) log.write(`line ${line}\n`);
    log.close();
    expect((await readdir(folder)).sort()).toEqual(["a.log", "a.log.1"]);
    const sizes = await Promise.all(["a.log", "a.log.1"].map(async (name) => (await stat(join(folder, name))).size));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
    expect((await readFile(join(folder, "a.log"), "utf8")).endsWith("line 999\n")).toBe(true);
  });

  test("goes on where an earlier process ended", async () => {
    for (const text of ["first\n", "second\n"]) {
      const log = new LogFile(join(folder, "a.log"));
      log.write(text);
      log.close();
    }
    expect(await readFile(join(folder, "a.log"), "utf8")).toBe("first\nsecond\n");
  });

  test("drops what comes after it was closed", async () => {
    const log = new LogFile(join(folder, "a.log"));
    log.close();
    log.write("late\n");
    expect(await readFile(join(folder, "a.log"), "utf8")).toBe("");
  });
});
