import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stageJob } from "./jobs/payloads.js";
import { eventually, granted, newDocument, type Room, readDocument, requestOf, viewerOf } from "./testing/room.js";
import { calm, gate, openWorkingRoom } from "./testing/working-room.js";

const trace = "0".repeat(32);
let working: Awaited<ReturnType<typeof openWorkingRoom>>;
let room: Room;

beforeAll(async () => {
  working = await openWorkingRoom(14);
  room = working.room;
});
afterAll(() => room.close());
beforeEach(() => calm(working.others));

/** A document of two chunks: a paragraph that is too long to be a table's introduction, and a table. */
const text = (): string =>
  `# 규정 ${randomUUID()}\n\n${"연차는 15일이며 그룹웨어에서 신청한다. ".repeat(8)}\n\n| 직급 | 수당 |\n|---|---|\n| 과장 | 10만원 |\n`;
async function indexed(content = text()) {
  const { id } = await newDocument(room, working.kim, working.datasetId, content);
  return working.settled(id, "COMPLETED");
}
const chunksOf = async (id: string) => {
  const document = await readDocument(room, working.kim, id);
  if (!document) throw new Error("gone");
  return room.corrections.chunksOf(document, requestOf(working.kim));
};
const shown = (id: string, generation: number) =>
  eventually(async () => {
    const document = await readDocument(room, working.kim, id);
    return document?.visibleGeneration === generation && document.status === "COMPLETED" && document;
  });
/** What the indexing rooms were given last of a generation. */
const given = (id: string, generation: number): string[] =>
  working.others.artefacts
    .findLast((one) => one.documentId === id && one.generation === generation)
    ?.chunks.map((chunk) => chunk.text) ?? [];
const correct = (id: string, chunk: string, to: string | null, viewer = working.kim) =>
  room.corrections.correct(requestOf(viewer), id, chunk, to);

describe("an editor", () => {
  test("sees every chunk with its place, and corrects one: the others get it whole, with personal data masked", async () => {
    const { id } = await indexed();
    const { chunks } = await chunksOf(id);
    expect(chunks.map(({ chunk }) => chunk.elementType)).toEqual(["NarrativeText", "Table"]);
    granted(await correct(id, chunks[0]?.id ?? "", "연차는 16일이다. 문의는 010-1234-5678."));
    const document = await shown(id, 2);
    expect(given(id, 2)[0]).toBe("연차는 16일이다. 문의는 [PHONE_NUMBER].");
    expect(given(id, 2)[1]).toBe(given(id, 1)[1]);
    expect(document).toMatchObject({ chunksCount: 2, failure: null });
    const after = (await chunksOf(id)).chunks[0];
    expect(after?.edit).toMatchObject({ originalText: chunks[0]?.chunk.text, editedBy: "kim", disabled: false });
  });

  test("disables a chunk, which searches and graph are no longer given, and enables it again", async () => {
    const { id } = await indexed();
    const table = (await chunksOf(id)).chunks[1];
    granted(await room.corrections.setEnabled(requestOf(working.kim), id, table?.id ?? "", false));
    await shown(id, 2);
    expect(given(id, 2)).toEqual([given(id, 1)[0]]);
    const disabled = (await chunksOf(id)).chunks[1];
    expect(disabled?.edit?.disabled).toBe(true);
    granted(await room.corrections.setEnabled(requestOf(working.kim), id, disabled?.id ?? "", true));
    await shown(id, 3);
    expect(given(id, 3)).toEqual(given(id, 1));
    expect((await chunksOf(id)).chunks[1]?.edit).toBeUndefined();
  });

  test("who corrects the same twice builds one version", async () => {
    const { id } = await indexed();
    const [first] = (await chunksOf(id)).chunks;
    const both = [correct(id, first?.id ?? "", "연차는 16일이다."), correct(id, first?.id ?? "", "연차는 16일이다.")];
    for (const outcome of await Promise.all(both)) granted(outcome);
    await shown(id, 2);
    expect((await readDocument(room, working.kim, id))?.latestGeneration).toBe(2);
  });

  test("who corrects while the last correction is being indexed gets both", async () => {
    const { id } = await indexed();
    const { chunks } = await chunksOf(id);
    const held = gate();
    working.others.onIndex = held.wait;
    granted(await correct(id, chunks[0]?.id ?? "", "연차는 16일이다."));
    await held.reached;
    granted(await correct(id, chunks[1]?.id ?? "", "과장의 수당은 20만원이다."));
    working.others.onIndex = async () => {};
    held.open();
    await shown(id, 2);
    expect(given(id, 2)).toEqual(["연차는 16일이다.", "과장의 수당은 20만원이다."]);
  });
});

describe("a correction", () => {
  test("is kept through re-indexing while its text stands, and is listed as lapsed when it is gone", async () => {
    const { id, storageKey } = await indexed();
    const [first] = (await chunksOf(id)).chunks;
    granted(await correct(id, first?.id ?? "", "연차는 16일이다."));
    await shown(id, 2);
    granted(await room.holdings.reindex(working.kim, id, trace));
    await shown(id, 3);
    expect(given(id, 3)[0]).toBe("연차는 16일이다.");
    await room.objects.write(storageKey, "# 다른 글\n\n연차는 20일이다.\n", "text/markdown", AbortSignal.timeout(5000));
    granted(await room.holdings.reindex(working.kim, id, trace));
    await shown(id, 4);
    expect(given(id, 4).join("\n")).toContain("연차는 20일이다.");
    expect((await chunksOf(id)).lapsed).toMatchObject([{ correctedText: "연차는 16일이다." }]);
  });

  test("that is cut and handed over twice is one version with the same chunks", async () => {
    const { id } = await indexed();
    const [first] = (await chunksOf(id)).chunks;
    const held = gate();
    working.others.onIndex = held.wait;
    const { attempt, datasetId } = granted(await correct(id, first?.id ?? "", "연차는 16일이다."));
    await held.reached;
    const key = `documents/${working.kim.tenantId}/${datasetId}/${id}/g2/chunks.json`;
    const stored = async (): Promise<string> => {
      const body = await room.objects.read(key, { maxBytes: 1e6, signal: AbortSignal.timeout(5000) });
      const parts: Buffer[] = [];
      for await (const part of body as AsyncIterable<Buffer>) parts.push(part);
      return Buffer.concat(parts).toString("utf8");
    };
    const before = await stored();
    const job = stageJob.parse({ v: 1, actor: "-", traceId: trace, documentId: id, datasetId, generation: 2, attempt });
    await room.jobs.mask.handle(job, {
      scope: working.kim,
      traceId: trace,
      signal: AbortSignal.timeout(10_000),
      logger: room.logger,
      job: { attemptsMade: 0, opts: { attempts: 8 } } as never,
    });
    expect(await stored()).toBe(before);
    working.others.onIndex = async () => {};
    held.open();
    expect(await shown(id, 2)).toMatchObject({ chunksCount: 2 });
  });

  test("goes with its document", async () => {
    const { id } = await indexed();
    const [first] = (await chunksOf(id)).chunks;
    granted(await correct(id, first?.id ?? "", "연차는 16일이다."));
    await shown(id, 2);
    granted(await room.holdings.deleteDocument(working.kim, id, trace));
    await eventually(async () => !(await readDocument(room, working.kim, id)));
    const left = await room.postgres.as(working.kim, (tx) =>
      tx.query("SELECT 1 FROM chunk_edits WHERE document_id = $1", [id]),
    );
    expect(left).toEqual([]);
  });

  test("that is empty, too long or of a chunk that is not there is refused", async () => {
    const { id } = await indexed();
    const [first] = (await chunksOf(id)).chunks;
    expect((await correct(id, first?.id ?? "", "  ")).refusal).toMatchObject({ kind: "INVALID" });
    expect((await correct(id, first?.id ?? "", "가나다라 ".repeat(1000))).refusal?.kind).toMatch(/INVALID|QUOTA/);
    expect((await correct(id, "chk_none", "글")).refusal).toMatchObject({ kind: "NOT_FOUND" });
    expect((await readDocument(room, working.kim, id))?.latestGeneration).toBe(1);
  });
});

test("members, other departments and other tenants edit nothing", async () => {
  const { id } = await indexed();
  const [first] = (await chunksOf(id)).chunks;
  const { tenantId } = working.kim;
  const member = viewerOf(tenantId, "lee", ["hr"], ["member"]);
  expect((await correct(id, first?.id ?? "", "글", member)).refusal).toMatchObject({ kind: "NOT_ALLOWED" });
  for (const stranger of [viewerOf(tenantId, "park", ["it"]), viewerOf("t-other", "kim", ["hr"])])
    expect((await correct(id, first?.id ?? "", "글", stranger)).refusal).toMatchObject({ kind: "NOT_FOUND" });
  granted(await correct(id, first?.id ?? "", "연차는 16일이다."));
  await shown(id, 2);
  const seen = await room.postgres.as(viewerOf(tenantId, "park", ["it"]), (tx) =>
    tx.query("SELECT 1 FROM chunk_edits"),
  );
  expect(seen).toEqual([]);
});
