import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seededRandom, syntheticValue } from "../../platform/pii/synthetic-values.js";
import type { Document } from "./domain/document.js";
import { PII_POLICIES, type PiiPolicy } from "./domain/pii-policy.js";
import { eventually, granted, newDocument, type Room, viewerOf } from "./testing/room.js";
import { openWorkingRoom } from "./testing/working-room.js";

const trace = "0".repeat(32);
const random = seededRandom(Date.now());
let working: Awaited<ReturnType<typeof openWorkingRoom>>;
let room: Room;
let admin: ReturnType<typeof viewerOf>;

beforeAll(async () => {
  working = await openWorkingRoom(13);
  room = working.room;
  admin = viewerOf(working.kim.tenantId, "choi", ["hr"], ["admin"]);
});
afterAll(() => room.close());

/** A text with values that nobody has used before, beside one paragraph without any. */
function canary() {
  const values = [
    syntheticValue("KR_RRN", random),
    syntheticValue("PHONE_NUMBER", random),
    `${randomUUID()}@example.com`,
  ];
  const text = `# 연락망\n\n주민등록번호는 ${values[0]} 이다.\n\n전화는 ${values[1]} 이고 메일은 ${values[2]} 이다.\n\n연차는 15일이다.\n`;
  return { values, text };
}

async function index(policy: PiiPolicy, text: string): Promise<Document> {
  const set = { name: `set ${randomUUID()}`, department: "hr", piiPolicy: policy };
  const dataset = granted(await room.holdings.createDataset(admin, set, trace));
  const { id } = await newDocument(room, admin, dataset.id, text);
  return working.settled(id, policy === "REFUSE" ? "FAILED" : "COMPLETED");
}

/** Everything that lies in the room's stores but the original file, as one text. */
async function everything(document: Document): Promise<string> {
  const { rows } = await room.postgres.system(async (tx) => {
    const tables = await tx.query<{ name: string }>(
      "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables WHERE table_schema IN ('documents', 'audit') AND table_type = 'BASE TABLE'",
    );
    const found: unknown[] = [];
    for (const { name } of tables) found.push(...(await tx.query(`SELECT to_jsonb(t) FROM ${name} t`)));
    return { rows: found };
  });
  const artefact = working.others.artefacts.filter((one) => one.documentId === document.id);
  const keys: unknown[] = [];
  for (const key of await room.redis.keys("*")) {
    const type = await room.redis.type(key);
    if (type === "hash") keys.push(await room.redis.hgetall(key));
    else if (type === "string") keys.push(await room.redis.get(key));
    else if (type === "stream") keys.push(await room.redis.xrange(key, "-", "+"));
    else if (type === "list") keys.push(await room.redis.lrange(key, 0, -1));
    else if (type === "set") keys.push(await room.redis.smembers(key));
    else keys.push(await room.redis.zrange(key, "0", "-1"));
  }
  return JSON.stringify([rows, artefact, keys]);
}
const readable = (content: string, values: readonly string[]): string[] =>
  values.filter((one) => content.includes(one));

describe("a data set's policy for personal data", () => {
  test.each(["MASK", "DROP", "REFUSE"] as const)("%s leaves no value in any store but the file", async (policy) => {
    const { values, text } = canary();
    const document = await index(policy, text);
    expect(document).toMatchObject({ piiPolicy: policy, pii: { KR_RRN: 1, PHONE_NUMBER: 1, EMAIL: 1 } });
    const content = await everything(document);
    expect(content).toContain(document.id);
    expect(readable(content, values)).toEqual([]);
    const prefix = `documents/${document.tenantId}/${document.datasetId}/${document.id}/g1/`;
    if (policy === "REFUSE")
      for (const name of ["elements.json", "chunks.json"])
        expect(await room.objects.size(prefix + name, AbortSignal.timeout(5000))).toBeUndefined();
  });

  test("DROP keeps the paragraphs that hold none; MASK shows the kinds", async () => {
    const { text } = canary();
    const texts = async (policy: PiiPolicy): Promise<string> => {
      const { id } = await index(policy, `${text}\n${randomUUID()}`);
      return working.others.artefacts
        .flatMap((one) => (one.documentId === id ? one.chunks : []))
        .map((chunk) => chunk.text)
        .join("\n");
    };
    const dropped = await texts("DROP");
    expect(dropped).toContain("연차는 15일이다.");
    expect(dropped).not.toMatch(/주민등록번호|메일은/);
    expect(await texts("MASK")).toMatch(/주민등록번호는 \[KR_RRN\][\s\S]*\[PHONE_NUMBER\][\s\S]*\[EMAIL\]/);
  });

  test("REFUSE ends with a reason that can be acted on, and a clean file is taken", async () => {
    const refused = await index("REFUSE", canary().text);
    expect(refused.failure).toMatchObject({ stage: "MASK", code: "PERSONAL_DATA", retryable: false });
    expect(refused.visibleGeneration).toBeNull();
    const { id } = await newDocument(room, admin, refused.datasetId, `연차는 15일이다. ${randomUUID()}`);
    expect(await working.settled(id, "COMPLETED")).toMatchObject({ pii: {}, piiPolicy: "REFUSE" });
  });

  test("KEEP indexes the values as they are and still counts them; no queue and no table holds them", async () => {
    const { values, text } = canary();
    const document = await index("KEEP", text);
    expect(document).toMatchObject({ piiPolicy: "KEEP", pii: { KR_RRN: 1, PHONE_NUMBER: 1, EMAIL: 1 } });
    const artefact = working.others.artefacts.filter((one) => one.documentId === document.id);
    expect(readable(JSON.stringify(artefact), values)).toEqual(values);
    working.others.artefacts.splice(0);
    expect(readable(await everything(document), values)).toEqual([]);
  });

  test("a policy that becomes stricter holds from the next indexing on", async () => {
    const { values, text } = canary();
    const document = await index("KEEP", text);
    granted(await room.holdings.updateDataset(working.kim, document.datasetId, { piiPolicy: "MASK" }, trace));
    granted(await room.holdings.reindex(working.kim, document.id, trace));
    const again = await eventually(async () => {
      const now = await working.settled(document.id, "COMPLETED");
      return now.visibleGeneration === 2 && now;
    });
    expect(again.piiPolicy).toBe("MASK");
    const second = working.others.artefacts.filter((one) => one.documentId === document.id && one.generation === 2);
    expect(readable(JSON.stringify(second), values)).toEqual([]);
  });

  test("only an admin may choose KEEP; who did is in the audit trail", async () => {
    for (const policy of PII_POLICIES) {
      const outcome = await room.holdings.createDataset(
        working.kim,
        { name: `by an editor ${randomUUID()}`, department: "hr", piiPolicy: policy },
        trace,
      );
      if (policy === "KEEP") expect(outcome.refusal).toMatchObject({ kind: "NOT_ALLOWED" });
      else expect(outcome.value?.piiPolicy).toBe(policy);
    }
    const refused = await room.holdings.updateDataset(working.kim, working.datasetId, { piiPolicy: "KEEP" }, trace);
    expect(refused.refusal).toMatchObject({ kind: "NOT_ALLOWED" });
    granted(await room.holdings.updateDataset(admin, working.datasetId, { piiPolicy: "KEEP" }, trace));
    const events = await room.postgres.system((tx) =>
      tx.query<{ user_id: string; reason: string }>(
        "SELECT user_id, reason FROM audit.events WHERE action = 'dataset.pii_policy' AND object_id = $1",
        [working.datasetId],
      ),
    );
    expect(events).toEqual([{ user_id: "choi", reason: "KEEP" }]);
  });
});
