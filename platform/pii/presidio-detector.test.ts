import { describe, expect, test } from "vitest";
import { MisbehavingServer, type SeenRequest } from "../models/misbehaving-server.js";
import { createKoreanDetector } from "./korean-detector.js";
import { createCombinedDetector, createPresidioDetector } from "./presidio-detector.js";
import { detectorConformance } from "./testing/detector-conformance.js";
import { windowsOf } from "./text-windows.js";

detectorConformance("the built-in one", () => createKoreanDetector());

const answerWith = ({ response }: SeenRequest, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
};
const entity = (entity_type: string, start: number, end: number, score: number) => ({
  entity_type,
  start,
  end,
  score,
  analysis_explanation: null,
});

describe("Presidio's answers", () => {
  test("overlapping findings become one; kinds that are not masked and weak findings are left out", async () => {
    await using server = await MisbehavingServer.start((request) =>
      answerWith(request, 200, [
        [
          entity("EMAIL_ADDRESS", 0, 15, 1),
          entity("URL", 4, 15, 0.9),
          entity("PHONE_NUMBER", 16, 28, 0.4),
          entity("KR_BRN", 16, 28, 1),
        ],
      ]),
    );
    expect(await createPresidioDetector({ url: server.url }).detect("kim@example.com 220-81-62517")).toEqual([
      { kind: "EMAIL", start: 0, end: 15, score: 1 },
      { kind: "KR_BRN", start: 16, end: 28, score: 1 },
    ]);
  });

  test("its offsets count code points", async () => {
    await using server = await MisbehavingServer.start((request) =>
      answerWith(request, 200, [[entity("EMAIL_ADDRESS", 2, 9, 1)]]),
    );
    const [found] = await createPresidioDetector({ url: server.url }).detect("😀 a@b.com");
    expect(found).toMatchObject({ start: 3, end: 10 });
  });

  test("texts of one turn travel together, by language, at most 32; an empty one never", async () => {
    await using server = await MisbehavingServer.start((request) =>
      answerWith(
        request,
        200,
        (request.body.text as string[]).map(() => []),
      ),
    );
    const detector = createPresidioDetector({ url: server.url });
    await Promise.all(
      ["", ...Array.from({ length: 40 }, (_, i) => `글 ${i}`), "text"].map((text) => detector.detect(text)),
    );
    expect(server.seen.map(({ body }) => [body.language, body.text.length])).toEqual([
      ["ko", 32],
      ["ko", 8],
      ["en", 1],
    ]);
  });

  test("a failure that passes is tried again; one that stays is told without what the service said", async () => {
    let failures = 1;
    await using server = await MisbehavingServer.start((request) =>
      failures-- > 0
        ? answerWith(request, 500, { error: "bad text kim@example.com" })
        : answerWith(request, 200, [[entity("EMAIL_ADDRESS", 0, 7, 1)]]),
    );
    expect(await createPresidioDetector({ url: server.url }).detect("a@b.com")).toHaveLength(1);
    failures = Number.POSITIVE_INFINITY;
    const error = await createPresidioDetector({ url: server.url })
      .detect("kim@example.com")
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ component: "PII_DETECTOR" });
    expect(`${(error as Error).message}${(error as Error).stack}`).not.toContain("kim@");
    expect((error as Error).cause).toBeUndefined();
  });

  test.each([
    ["fewer answers than texts", []],
    ["an offset beyond the text", [[entity("EMAIL_ADDRESS", 0, 99, 1)]]],
    ["another shape", { text: "?" }],
  ])("%s rejects instead of passing for nothing found", async (_name, body) => {
    await using server = await MisbehavingServer.start((request) => answerWith(request, 200, body));
    await expect(createPresidioDetector({ url: server.url }).detect("a@b.com")).rejects.toMatchObject({
      component: "PII_DETECTOR",
    });
  });

  test("a service that hangs is given up", async () => {
    await using server = await MisbehavingServer.start(() => {});
    const detector = createPresidioDetector({ url: server.url, timeoutMs: 50, deadlineMs: 100 });
    await expect(detector.detect("a@b.com")).rejects.toMatchObject({ component: "PII_DETECTOR" });
  });

  test("with the built-in detector it adds, and never takes away", async () => {
    await using server = await MisbehavingServer.start((request) =>
      answerWith(request, 200, [[entity("PHONE_NUMBER", 0, 5, 1)]]),
    );
    const both = createCombinedDetector([createKoreanDetector(), createPresidioDetector({ url: server.url })]);
    expect((await both.detect("12345 a@example.com")).map(({ kind }) => kind)).toEqual(["PHONE_NUMBER", "EMAIL"]);
  });
});

test("windows hold every value shorter than their overlap whole, and split no character", () => {
  const text = "가😀나".repeat(500);
  const windows = windowsOf(text, 100, 20);
  for (const window of windows) {
    expect(window.text).toBe(text.slice(window.start, window.start + window.text.length));
    expect(window.text.isWellFormed()).toBe(true);
  }
  for (let at = 0; at + 18 <= text.length; at++)
    expect(windows.some(({ start, text: { length } }) => start <= at && at + 18 <= start + length)).toBe(true);
});
