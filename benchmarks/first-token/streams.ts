import { createTransport, type Transport, type TypedOperation } from "../../clients/typescript/transport.js";
import { sharedMicroseconds, timeOf } from "../clock.js";
import type { RunningProduct } from "../running-product.js";
import { FRAMES, MODEL } from "./fixed-rhythm-model.js";

/** One answer as its reader saw it; times in milliseconds. */
export interface StreamTimes {
  /** From the question to the model's hearing of it. */
  readonly untilAsked: number;
  /** From the question to the first word. */
  readonly untilFirst: number;
  /** From the model's sending each word to the reader's having it; the first one's first. */
  readonly delays: readonly number[];
  /** Words that never came. */
  readonly lost: number;
}

/** Called with each word that a reader has got, counted from 1. */
export type OnWord = (count: number) => void;

/** Notes when each word came. A word may be cut: it counts when its end is there. */
class Reading {
  #rest = "";
  readonly #startedAt = sharedMicroseconds();
  #askedAt: number | undefined;
  #firstAt: number | undefined;
  readonly #delays: number[] = [];

  constructor(private readonly onWord: OnWord) {}

  add(text: string): void {
    const at = sharedMicroseconds();
    const words = (this.#rest + text).split(" ");
    this.#rest = words.pop() ?? "";
    for (const word of words) {
      if (this.#askedAt === undefined) {
        this.#askedAt = timeOf(word);
        continue;
      }
      this.#firstAt ??= at;
      this.#delays.push((at - timeOf(word)) / 1000);
      this.onWord(this.#delays.length);
    }
  }

  end(): StreamTimes {
    if (this.#rest !== "") this.add(" ");
    if (this.#askedAt === undefined || this.#firstAt === undefined) throw new Error("an answer came without a word");
    return {
      untilAsked: (this.#askedAt - this.#startedAt) / 1000,
      untilFirst: (this.#firstAt - this.#startedAt) / 1000,
      delays: this.#delays,
      lost: FRAMES - this.#delays.length,
    };
  }
}

const STREAM_LIMIT_MS = 60_000;

/** Asks the model itself, as a program without the product would. */
export async function askDirectly(url: string, onWord: OnWord, signal: AbortSignal): Promise<StreamTimes> {
  const reading = new Reading(onWord);
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: MODEL, stream: true, messages: [{ role: "user", content: "Tell me the time." }] }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(STREAM_LIMIT_MS)]),
  });
  if (!response.ok || !response.body) throw new Error(`the model answered ${response.status}`);
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      if (block === "data: [DONE]") continue;
      const { choices } = JSON.parse(block.slice("data: ".length)) as { choices: { delta?: { content?: string } }[] };
      reading.add(choices[0]?.delta?.content ?? "");
    }
  }
  return reading.end();
}

interface Asked {
  readonly ask: {
    readonly answer: { readonly id: string } | null;
    readonly problem: { readonly message: string } | null;
  };
}
interface Streamed {
  readonly answerStream: {
    readonly __typename: string;
    readonly text?: string;
    readonly problem?: { readonly message: string };
  };
}
const ASK = `mutation Ask($input: AskInput!) {
  ask(input: $input) { answer { id } problem { ... on Problem { message } } }
}` as unknown as TypedOperation<Asked, object>;
const FOLLOW = `subscription Follow($id: ID!) {
  answerStream(answerId: $id) {
    __typename
    ... on AnswerDelta { text }
    ... on AnswerFailed { problem { ... on Problem { message } } }
  }
}` as unknown as TypedOperation<Streamed, object>;

/** A client of the product in a tenant of its own. */
export async function productClient(
  product: Pick<RunningProduct, "env" | "tokenOf">,
  tenant: string,
): Promise<Transport> {
  const token = await product.tokenOf(tenant);
  return createTransport({ url: product.env["ROUTER_URL"] ?? "", token: () => token });
}

/** Asks the product: a mutation, then the subscription to its answer, through router and conversations. */
export async function askProduct(client: Transport, onWord: OnWord, signal: AbortSignal): Promise<StreamTimes> {
  const reading = new Reading(onWord);
  const either = AbortSignal.any([signal, AbortSignal.timeout(STREAM_LIMIT_MS)]);
  const { ask } = await client.execute(
    ASK,
    { input: { question: "Tell me the time.", grounding: "NONE" } },
    { signal: either },
  );
  if (!ask.answer) throw new Error(`the product refused the question: ${ask.problem?.message}`);
  for await (const { answerStream: event } of client.subscribe(FOLLOW, { id: ask.answer.id }, { signal: either })) {
    if (event.__typename === "AnswerDelta") reading.add(event.text ?? "");
    if (event.__typename === "AnswerFailed") throw new Error(`the answer failed: ${event.problem?.message}`);
  }
  return reading.end();
}
