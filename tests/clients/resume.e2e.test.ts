import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  type AnswerEvent,
  AskDocument,
  type Client,
  CreateDatasetDocument,
  createClient,
  type IndexingEvent,
  ReindexDocumentDocument,
} from "../../clients/typescript/index.js";
import { collect, type Person, tokenOf, variable } from "../product.js";
import { type CuttingProxy, openCuttingProxy } from "./cutting-proxy.js";

const editor: Person = { tenant: `resume-${randomUUID().slice(0, 8)}`, user: "kim", departments: ["it"] };
const LIMIT_MS = 60_000;
/** Growing, so that each connection comes further than the one before, whatever the events' sizes. */
const CUTS = [900, 1600, 3000, 6000, 12_000, 24_000];

const clientAt = (url: string): Client => createClient({ url, token: () => tokenOf(editor) });
let client: Client;
let datasetId: string;
let documentId: string;
let proxy: CuttingProxy | undefined;

beforeAll(async () => {
  client = clientAt(variable("ROUTER_URL"));
  const { createDataset } = await client.execute(CreateDatasetDocument, { input: { name: "notes", department: "it" } });
  datasetId = createDataset.dataset?.id ?? "";
  const bytes = new TextEncoder().encode("# Badges\n\nThe badge is handed out at gate 7. It is valid for 40 days.\n");
  const { document } = await client.uploadFile({ datasetId, name: "badges.md", bytes, mimeType: "text/markdown" });
  documentId = document?.id ?? "";
  await collect(client.followIndexing({ documentId }, { signal: AbortSignal.timeout(LIMIT_MS) }));
});
afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
});

async function ask(): Promise<string> {
  const input = {
    question: "For how many days is the badge valid?",
    datasetIds: [datasetId],
    grounding: "AUTO" as const,
  };
  return (await client.execute(AskDocument, { input })).ask.answer?.id ?? "";
}

describe("a stream over connections that break", () => {
  test("brings every event of an answer once, in order", async () => {
    const answerId = await ask();
    proxy = await openCuttingProxy(variable("ROUTER_URL"), CUTS);
    const signal = AbortSignal.timeout(LIMIT_MS);
    const broken = await collect<AnswerEvent>(clientAt(proxy.url).followAnswer(answerId, { signal, pauseMs: 10 }));
    expect(proxy.connections()).toBeGreaterThan(2);
    const whole = await collect<AnswerEvent>(client.followAnswer(answerId, { signal }));
    expect(broken.map(({ sequence }) => sequence)).toEqual(whole.map((_, index) => index + 1));
    expect(broken).toEqual(whole);
    expect(broken.at(-1)?.__typename).toBe("AnswerCompleted");
  });

  test("brings the same bytes when the network is cut at every event", async () => {
    const answerId = await ask();
    proxy = await openCuttingProxy(variable("ROUTER_URL"), "after an event");
    const signal = AbortSignal.timeout(LIMIT_MS);
    const broken = await collect<AnswerEvent>(
      clientAt(proxy.url).followAnswer(answerId, { signal, pauseMs: 1, attempts: 20 }),
    );
    const whole = await collect<AnswerEvent>(client.followAnswer(answerId, { signal }));
    expect(proxy.connections()).toBeGreaterThanOrEqual(whole.length);
    expect(JSON.stringify(broken)).toBe(JSON.stringify(whole));
  });

  test("follows indexing to its end, each step once", async () => {
    await client.execute(ReindexDocumentDocument, { id: documentId });
    proxy = await openCuttingProxy(variable("ROUTER_URL"), [500, 700, 900, 1100, 1500, 2000]);
    const signal = AbortSignal.timeout(LIMIT_MS);
    const steps = await collect<IndexingEvent>(
      clientAt(proxy.url).followIndexing({ documentId }, { signal, pauseMs: 10 }),
    );
    expect(proxy.connections()).toBeGreaterThan(1);
    expect(steps.at(-1)).toMatchObject({ documentId, state: "COMPLETED" });
    const cursors = steps.map(({ cursor }) => cursor);
    expect(new Set(cursors).size).toBe(cursors.length);
  });

  test("ends without an error when its reader leaves", async () => {
    const answerId = await ask();
    const leaving = new AbortController();
    const seen: AnswerEvent[] = [];
    for await (const event of client.followAnswer(answerId, { signal: leaving.signal })) {
      seen.push(event);
      leaving.abort();
    }
    expect(seen).toHaveLength(1);
  });

  test("says that it cannot go on when the router stays away", async () => {
    proxy = await openCuttingProxy(
      variable("ROUTER_URL"),
      Array.from({ length: 20 }, () => 0),
    );
    const events = clientAt(proxy.url).followAnswer("ans_1", { attempts: 2, pauseMs: 1 });
    await expect(collect(events)).rejects.toThrow(/cannot be reached|broke off/);
  });
});

describe("an upload by the published client", () => {
  test("of bytes that are there already names the document that holds them", async () => {
    const bytes = new Blob(["# Badges\n\nThe badge is handed out at gate 7. It is valid for 40 days.\n"]);
    const outcome = await client.uploadFile({ datasetId, name: "again.md", bytes, mimeType: "text/markdown" });
    expect(outcome).toMatchObject({ document: null, problem: { __typename: "Conflict", existingId: documentId } });
  });

  test("to a data set that is not there is refused as data", async () => {
    const bytes = new Uint8Array([35, 32, 104, 105]);
    const outcome = await client.uploadFile({ datasetId: "ds_none", name: "a.md", bytes });
    expect(outcome).toMatchObject({ document: null, problem: { code: "NOT_FOUND" } });
  });
});
