import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ENVELOPE_CALLERS, loadSecrets, readSecrets } from "./secrets.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "secrets-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("development secrets", () => {
  test("are made once, readable by their user alone, and the same ever after", async () => {
    const path = join(folder, "secrets.json");
    const [first, second] = await Promise.all([loadSecrets(path), loadSecrets(path)]);
    expect(second).toEqual(first);
    expect(await readSecrets(path)).toEqual(first);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test("hold a key of its own for every caller", async () => {
    const { envelopeKeys } = await loadSecrets(join(folder, "secrets.json"));
    expect(Object.keys(envelopeKeys).sort()).toEqual([...ENVELOPE_CALLERS].sort());
    expect(new Set(Object.values(envelopeKeys)).size).toBe(ENVELOPE_CALLERS.length);
  });

  test("differ between installations", async () => {
    const one = await loadSecrets(join(folder, "one.json"));
    const other = await loadSecrets(join(folder, "other.json"));
    expect(other.postgresPassword).not.toBe(one.postgresPassword);
  });
});
