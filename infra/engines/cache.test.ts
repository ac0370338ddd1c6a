import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cacheDirectory, cached } from "./cache.js";

const never = new AbortController().signal;
let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "cache-")), "not", "there", "yet");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = async (staging: string) => writeFile(join(staging, "file"), "content");

describe("the cache", () => {
  test("builds an entry once for many who need it at once", async () => {
    let builds = 0;
    const build = async (staging: string) => {
      builds++;
      await write(staging);
    };
    const paths = await Promise.all(Array.from({ length: 8 }, () => cached(folder, { key: "thing-1", build }, never)));
    expect(builds).toBe(1);
    expect(new Set(paths)).toEqual(new Set([join(folder, "thing-1")]));
    expect(await readFile(join(folder, "thing-1", "file"), "utf8")).toBe("content");
  });

  test("keeps nothing of a build that failed, and builds again", async () => {
    const failing = async (staging: string) => {
      await write(staging);
      throw new Error("the network is away");
    };
    await expect(cached(folder, { key: "thing-1", build: failing }, never)).rejects.toThrow("the network is away");
    expect((await readdir(folder)).filter((name) => name !== ".locks")).toEqual([]);
    await cached(folder, { key: "thing-1", build: write }, never);
    expect(await readdir(folder)).toContain("thing-1");
  });

  test("removes what a killed build has left", async () => {
    await mkdir(join(folder, ".staging-thing-1-abc"), { recursive: true });
    await cached(folder, { key: "thing-1", build: write }, never);
    expect((await readdir(folder)).filter((name) => name.startsWith(".staging"))).toEqual([]);
  });

  test("lies where the environment says, else under the user's cache folder", () => {
    expect(cacheDirectory({ LLMFLOW_CACHE: "/somewhere" })).toBe("/somewhere");
    expect(cacheDirectory({})).toMatch(/\.cache\/llmflow$/);
  });
});
