import { beforeAll, describe, expect, test } from "vitest";
import { createClient } from "../../clients/typescript/index.js";
import { createTransport } from "../../clients/typescript/transport.js";
import { ANSWER_STREAM, type AnswerEvent, answerEvents, answered, answerOf, ask } from "../answers.js";
import { addText, completed, createDataset } from "../documents.js";
import { type Api, apiOf, collect, eventually, newTenant, tokenOf, variable } from "../product.js";

/** One sentence whose answer takes seconds to write. */
const STEPS = Array.from({ length: 60 }, (_, i) => `s${i + 1}`).join(" ");
const TEXT = `# Lumen procedure\n\nThe Lumen restart procedure in its full order is ${STEPS}.\n`;
const QUESTION = "What is the Lumen restart procedure in its full order?";

const kim = { tenant: newTenant("streams"), user: "kim", departments: ["ops"] };
let api: Api;
let datasetId: string;
beforeAll(async () => {
  api = apiOf(kim);
  datasetId = await createDataset(api, "Procedures", "ops");
  await completed(api, (await addText(api, datasetId, "lumen.md", TEXT)).id);
});
const begin = async (): Promise<string> => (await ask(api, { question: QUESTION, datasetIds: [datasetId] })).id;
const sequences = (events: readonly AnswerEvent[]): number[] => events.map(({ sequence }) => sequence);
const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);
const textOf = (events: readonly AnswerEvent[]): string => events.map(({ text }) => text ?? "").join("");

/** Reads until an event; the connection stays open for the rest. */
async function until(
  events: AsyncGenerator<AnswerEvent>,
  wanted: (event: AnswerEvent) => boolean,
): Promise<AnswerEvent[]> {
  const seen: AnswerEvent[] = [];
  for (;;) {
    const { done, value } = await events.next();
    if (done) throw new Error(`the stream ended early: ${JSON.stringify(seen.at(-1))}`);
    seen.push(value);
    if (wanted(value)) return seen;
  }
}
const isDelta = ({ __typename }: AnswerEvent): boolean => __typename === "AnswerDelta";

describe("an answer's stream", () => {
  test("is numbered without gaps, the same for two listeners, and can be taken up after any event", async () => {
    const id = await begin();
    const [events, others] = await Promise.all([collect(answerEvents(api, id)), collect(answerEvents(api, id))]);
    expect(sequences(events)).toEqual(upTo(events.length));
    expect(others).toEqual(events);
    const last = events.at(-1);
    expect(last).toMatchObject({ __typename: "AnswerCompleted", answer: { id, status: "COMPLETED" } });
    expect(textOf(events)).toBe(last?.answer?.text);
    expect(events.filter(({ stage }) => stage).map(({ stage }) => stage)).toEqual([
      "QUEUED",
      "RETRIEVING",
      "RETRIEVED",
      "GENERATING",
    ]);
    for (let after = 0; after < events.length; after += 10) {
      const tails = upTo(Math.min(10, events.length - after)).map((n) => after + n - 1);
      const resumed = await Promise.all(tails.map((tail) => collect(answerEvents(api, id, { after: tail }))));
      resumed.forEach((rest, i) => {
        expect(rest, `after ${tails[i]}`).toEqual(events.slice(tails[i]));
      });
    }
    expect(await collect(answerEvents(api, id, { after: events.length }))).toEqual([]);
  });

  test("that is cut after every few events while it is written misses nothing and repeats nothing", async () => {
    const id = await begin();
    const seen: AnswerEvent[] = [];
    for (let ended = false; !ended; ) {
      let taken = 0;
      for await (const event of answerEvents(api, id, { after: seen.at(-1)?.sequence ?? 0 })) {
        seen.push(event);
        ended = event.answer !== undefined;
        if (++taken === 7) break;
      }
    }
    expect(sequences(seen)).toEqual(upTo(seen.length));
    expect(textOf(seen)).toBe(seen.at(-1)?.answer?.text);
  });

  test("of the same question asked twice with one key is one stream", async () => {
    const input = { question: QUESTION, datasetIds: [datasetId], idempotencyKey: "once" };
    const [first, second] = await Promise.all([ask(api, input), ask(api, input)]);
    expect(second.id).toBe(first.id);
    await answered(api, first.id);
  });
});

describe("a reader's token that expires in mid-stream", () => {
  /** Good for a second at most, counted from the full second; the answer takes longer to write. */
  const shortLived = (): Promise<string> => tokenOf(kim, { lifetimeSeconds: 1 });

  test("ends the stream with a code", async () => {
    const id = await begin();
    const stream = createTransport({ url: variable("ROUTER_URL"), token: shortLived }).subscribe<
      { answerStream: AnswerEvent },
      object
    >(ANSWER_STREAM as never, { id });
    const seen: AnswerEvent[] = [];
    const ended = (async () => {
      for await (const { answerStream } of stream) seen.push(answerStream);
    })();
    await expect(ended).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
    expect(sequences(seen)).toEqual(upTo(seen.length));
    expect(seen.at(-1)?.answer).toBeUndefined();
  });

  test("is replaced by the client: it goes on with a fresh one, misses nothing and repeats nothing", async () => {
    let asked = 0;
    const client = createClient({
      url: variable("ROUTER_URL"),
      token: () => (asked++ === 0 ? shortLived() : tokenOf(kim)),
    });
    const id = await begin();
    const events = await collect(client.followAnswer(id, { signal: AbortSignal.timeout(60_000), pauseMs: 10 }));
    expect(events.map(({ sequence }) => sequence)).toEqual(upTo(events.length));
    expect(events.at(-1)?.__typename).toBe("AnswerCompleted");
    expect(asked).toBe(2);
  });
});

describe("an answer that is called off", () => {
  test("ends before its last word and keeps what was written", async () => {
    const id = await begin();
    const events = answerEvents(api, id);
    const seen = await until(events, isDelta);
    const { cancelAnswer } = await api.run<{ cancelAnswer: { answer: { cancelRequested: boolean } } }>(
      "mutation ($id: ID!) { cancelAnswer(id: $id) { answer { cancelRequested } problem { code } } }",
      { id },
    );
    expect(cancelAnswer.answer.cancelRequested).toBe(true);
    seen.push(...(await collect(events)));
    expect(sequences(seen)).toEqual(upTo(seen.length));
    const last = seen.at(-1);
    expect(last).toMatchObject({ __typename: "AnswerCancelled", answer: { status: "CANCELLED" } });
    expect(textOf(seen).startsWith(last?.answer?.text.trim() ?? "nothing")).toBe(true);
    expect(textOf(seen)).not.toContain("s60");
    expect((await answerOf(api, id))?.status).toBe("CANCELLED");
  });

  test("before anything was written ends as well", async () => {
    const id = await begin();
    await api.run("mutation ($id: ID!) { cancelAnswer(id: $id) { problem { code } } }", { id });
    const events = await collect(answerEvents(api, id));
    expect(events.at(-1)).toMatchObject({ __typename: "AnswerCancelled" });
    expect(sequences(events)).toEqual(upTo(events.length));
  });

  test("by its last listener's leaving ends; the leaving of another does not end it", async () => {
    const id = await begin();
    const [staying, leaving] = [
      answerEvents(api, id, { cancelOnDisconnect: true }),
      answerEvents(api, id, { cancelOnDisconnect: true }),
    ];
    await Promise.all([until(staying, isDelta), until(leaving, isDelta)]);
    await leaving.return();
    await until(staying, isDelta);
    expect((await answerOf(api, id))?.status).toBe("STREAMING");
    await staying.return();
    const answer = await eventually(
      "the answer nobody reads ends",
      async () => {
        const now = await answerOf(api, id);
        return now?.status !== "STREAMING" && now;
      },
      5000,
    );
    expect(answer?.status).toBe("CANCELLED");
  });

  test("is not the one whose listener left without wishing so", async () => {
    const id = await begin();
    const events = answerEvents(api, id);
    await until(events, isDelta);
    await events.return();
    const { answer } = await answered(api, id);
    expect(answer).toMatchObject({ status: "COMPLETED" });
    expect(answer.text).toContain("s60");
  });
});
