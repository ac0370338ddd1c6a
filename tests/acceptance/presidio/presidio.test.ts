import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { provisionPythonEnvironment } from "../../../infra/engines/python.js";
import { readLabelledLines, scoreDetector } from "../../../platform/pii/labelled-examples.js";
import { createPresidioDetector } from "../../../platform/pii/presidio-detector.js";
import { detectorConformance } from "../../../platform/pii/testing/detector-conformance.js";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const START_LIMIT_MS = 60_000;
let service: ChildProcess;
let url = "";

/** The real service, from the registry's packages; the environment is kept in the cache. */
beforeAll(async () => {
  const python = await provisionPythonEnvironment("presidio", here("requirements.lock"), {
    cacheDirectory: join(homedir(), ".cache", "llmflow"),
    env: process.env,
    signal: AbortSignal.timeout(280_000),
    progress: (line) => void process.stderr.write(`${line}\n`),
  });
  service = spawn(python, [here("server.py"), here("analyzer.yaml"), "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: service.stdout as NodeJS.ReadableStream });
  const [line] = (await once(lines, "line", { signal: AbortSignal.timeout(START_LIMIT_MS) })) as [string];
  url = `http://127.0.0.1:${/\d+$/.exec(line)?.[0]}`;
}, 300_000);
afterAll(async () => {
  if (!service || service.exitCode !== null) return;
  service.kill();
  await once(service, "exit");
});

detectorConformance("Presidio", () => createPresidioDetector({ url }));

describe("Presidio on the labelled examples", () => {
  test.each([
    ["korean", "ko", ["KR_BRN", "KR_FRN"]],
    ["english", "en", ["US_SSN", "IBAN"]],
  ] as const)("%s: every value of the kinds that it knows best is found", async (name, language, best) => {
    const content = await readFile(new URL(`../../../examples/pii/${name}.txt`, import.meta.url), "utf8");
    const { kinds } = await scoreDetector(createPresidioDetector({ url }), readLabelledLines(content), language);
    for (const kind of best) {
      const { values = 0, found } = kinds.find((one) => one.kind === kind) ?? {};
      expect(values).toBeGreaterThan(0);
      expect(found, kind).toBe(values);
    }
  });
});
