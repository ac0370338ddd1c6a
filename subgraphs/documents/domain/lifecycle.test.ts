import { describe, expect, test } from "vitest";
import type { Document, DocumentStatus } from "./document.js";
import { GRAPH_INCOMPLETE, NOTHING_TO_INDEX, stageFailed } from "./failure.js";
import {
  cancel,
  type Decision,
  type DocumentChanges,
  entryStage,
  fail,
  finish,
  MAX_RECOVERIES,
  move,
  recover,
  reindex,
  remove,
  retry,
} from "./lifecycle.js";
import { STAGES } from "./stage.js";

const document = (changes: Partial<Document> = {}): Document => ({
  id: "doc_1",
  tenantId: "acme",
  datasetId: "ds_1",
  department: "hr",
  name: "note.txt",
  storageKey: "k",
  mimeType: "text/plain",
  size: 1,
  sha256: "0",
  status: "PROCESSING",
  stage: "PARSE",
  attempt: 3,
  recoveries: 0,
  latestGeneration: 1,
  visibleGeneration: null,
  revision: 5,
  chunksCount: 0,
  entitiesCount: 0,
  pageCount: null,
  title: null,
  piiPolicy: null,
  effectiveDate: null,
  pii: {},
  draft: {},
  failure: null,
  stuck: null,
  metadata: {},
  createdBy: "kim",
  createdAt: new Date(0),
  updatedAt: new Date(0),
  parentId: null,
  rootId: null,
  depth: 0,
  ...changes,
});
const decided = (decision: Decision) => {
  if (decision === "unchanged" || decision.refusal) throw new Error(`not decided: ${JSON.stringify(decision)}`);
  return decision;
};
const kinds = (decision: Decision) => decided(decision).commands.map((command) => command.kind);
const RESULT = { chunks: 2, entities: 1 };
const every = {
  reindex,
  retry,
  cancel,
  move: (d: Document) => move(d, "it"),
  fail: (d: Document) => fail(d, d.attempt, stageFailed("INDEX")),
  finish: (d: Document) => finish(d, d.attempt, RESULT, null),
};

describe("A document's lifecycle", () => {
  test("a document that is being deleted comes back by nothing", () => {
    for (const rule of Object.values(every)) {
      const decision = rule(document({ status: "DELETING" }));
      expect(decision === "unchanged" || decision.refusal !== undefined).toBe(true);
    }
    expect(remove(document({ status: "DELETING" }), "del_2")).toBe("unchanged");
  });

  test("an overtaken attempt neither finishes nor fails the document", () => {
    expect(finish(document(), 2, RESULT, null)).toBe("unchanged");
    expect(fail(document(), 2, stageFailed("INDEX"))).toBe("unchanged");
    expect(finish(document({ status: "CANCELLED" }), 3, RESULT, null)).toBe("unchanged");
  });

  test("finishing twice finishes once", () => {
    const first = decided(finish(document(), 3, RESULT, null));
    expect(finish(document(first.changes), 3, RESULT, null)).toBe("unchanged");
  });

  test("every new start and every stop fences what ran before", () => {
    const rest: Partial<Document> = { status: "FAILED", failure: stageFailed("INDEX") };
    const changes: DocumentChanges[] = [
      decided(reindex(document(rest))).changes,
      decided(retry(document(rest))).changes,
      decided(cancel(document())).changes,
      decided(remove(document(), "del_1")).changes,
      decided(move(document(), "it")).changes,
      decided(recover(document(), null)).changes,
    ];
    expect(changes.map((change) => change.attempt)).toEqual([4, 4, 4, 4, 4, 4]);
  });

  test("whatever changes what is seen carries a newer revision", () => {
    for (const rule of [every.cancel, every.move, every.fail, every.finish])
      expect(decided(rule(document())).changes.revision).toBe(6);
    expect(decided(remove(document(), "del_1")).changes.revision).toBe(6);
  });

  test("nothing new bears the generation that a cancelled attempt leaves to be discarded", () => {
    const { changes } = decided(cancel(document()));
    for (const rule of [retry, reindex]) {
      const again = decided(rule(document({ ...changes, status: "CANCELLED" })));
      expect(again.changes).toMatchObject({ latestGeneration: 2, draft: {} });
      expect(again.commands).toEqual([expect.objectContaining({ kind: "run", stage: "parse", generation: 2 })]);
    }
  });

  test("a running attempt is withdrawn before anything new begins or the stores are emptied", () => {
    expect(kinds(remove(document(), "del_1"))).toEqual(["announce", "withdraw", "purge"]);
    expect(kinds(cancel(document()))).toEqual(["announce", "withdraw", "discard"]);
    expect(kinds(move(document(), null))).toEqual(["announce", "withdraw", "run"]);
    expect(kinds(recover(document(), null))).toEqual(["withdraw", "run"]);
    expect(kinds(remove(document({ status: "COMPLETED", visibleGeneration: 1 }), "del_1"))).toEqual([
      "announce",
      "purge",
    ]);
  });

  test.each<[DocumentStatus, (d: Document) => Decision]>([
    ["FAILED", every.fail],
    ["CANCELLED", cancel],
  ])("an attempt that ends %s leaves an older generation searchable", (status, rule) => {
    expect(decided(rule(document())).changes.status).toBe(status);
    const older = decided(rule(document({ visibleGeneration: 1, latestGeneration: 2 }))).changes;
    expect(older.status).toBe("COMPLETED");
    expect(older.failure).not.toBeNull();
    expect(older.visibleGeneration).toBeUndefined();
  });

  test("the facts of a generation are shown with it, not before", () => {
    const draft = { title: "규정", pageCount: 3, effectiveDate: "2025-01-01", pii: { EMAIL: 2 } };
    expect(decided(finish(document({ draft }), 3, RESULT, null)).changes).toMatchObject({
      ...draft,
      visibleGeneration: 1,
      chunksCount: 2,
      entitiesCount: 1,
    });
    expect(
      decided(reindex(document({ status: "COMPLETED", visibleGeneration: 1, title: "old" }))).changes,
    ).not.toHaveProperty("title");
  });

  test("a retry goes on at the stage that failed, and is refused where it cannot help", () => {
    const failed = (stage: Parameters<typeof stageFailed>[0]) =>
      decided(retry(document({ status: "FAILED", failure: stageFailed(stage) }))).commands[0];
    expect(failed("PARSE")).toMatchObject({ stage: "parse", generation: 1, attempt: 4 });
    expect(failed("CHUNK")).toMatchObject({ stage: "mask" });
    expect(failed("INDEX")).toMatchObject({ stage: "index" });
    const incomplete = document({ status: "COMPLETED", visibleGeneration: 1, failure: GRAPH_INCOMPLETE });
    expect(decided(retry(incomplete)).commands[0]).toMatchObject({ stage: "index", generation: 1 });
    const hopeless = retry(document({ status: "FAILED", failure: NOTHING_TO_INDEX }));
    expect(hopeless).toMatchObject({ refusal: { kind: "CONFLICT", code: "NOT_RETRYABLE" } });
  });

  test("work that is lost again and again fails in the end", () => {
    let now = document({ stage: "MASK" });
    for (let i = 0; i < MAX_RECOVERIES; i++) {
      const decision = decided(recover(now, null));
      expect(decision.commands.at(-1)).toMatchObject({ kind: "run", stage: "mask" });
      now = document({ ...now, ...decision.changes });
    }
    expect(decided(recover(now, null)).changes).toMatchObject({ status: "FAILED", failure: { code: "WORK_LOST" } });
  });

  test("a deletion that was lost is done again, without a bound", () => {
    const lost = document({ status: "DELETING", recoveries: MAX_RECOVERIES + 5 });
    expect(decided(recover(lost, "del_1")).commands).toEqual([{ kind: "purge", deletionId: "del_1", attempt: 4 }]);
  });

  test("every stage leads back to work of this room or to the flow", () => {
    expect(STAGES.map(entryStage)).toEqual(["parse", "parse", "mask", "mask", "index", "index", "index", "index"]);
  });
});
