import { granted, type ProblemView } from "./documents.js";
import type { Api } from "./product.js";

export interface CitationView {
  readonly marker: number;
  readonly status: string;
  readonly support: string;
  readonly quote: string;
  readonly fileName: string;
  readonly pages: readonly number[];
  readonly document: { readonly id: string } | null;
}

export interface AnswerView {
  readonly id: string;
  readonly status: string;
  readonly text: string;
  readonly conversation: { readonly id: string };
  readonly citations: readonly CitationView[];
  readonly passages: readonly {
    readonly fileName: string;
    readonly text: string;
    readonly supersededBy: string | null;
  }[];
  readonly facts: readonly { readonly subject: string; readonly object: string }[];
  readonly degraded: readonly string[];
  readonly usage: {
    readonly promptTokens: number;
    readonly completionTokens: number;
    readonly totalMilliseconds: number;
  } | null;
}

export interface AnswerEvent {
  readonly __typename: string;
  readonly sequence: number;
  readonly text?: string;
  readonly stage?: string;
  readonly citation?: CitationView;
  readonly answer?: AnswerView;
  readonly problem?: ProblemView;
}

const CITATION = "marker status support quote fileName pages document { id }";
export const ANSWER = `id status text conversation { id } citations { ${CITATION} }
  passages { fileName text supersededBy } facts { subject object } degraded
  usage { promptTokens completionTokens totalMilliseconds }`;

export const ANSWER_STREAM = `subscription ($id: ID!, $after: Int! = 0, $cancel: Boolean! = false) {
  answerStream(answerId: $id, after: $after, cancelOnDisconnect: $cancel) {
    __typename sequence
    ... on AnswerStage { stage }
    ... on AnswerDelta { text }
    ... on AnswerCitation { citation { ${CITATION} } }
    ... on AnswerCompleted { answer { ${ANSWER} } }
    ... on AnswerCancelled { answer { ${ANSWER} } }
    ... on AnswerFailed { problem { __typename code message } }
  } }`;

export interface AskInput {
  readonly question: string;
  readonly conversationId?: string;
  readonly datasetIds?: readonly string[];
  readonly grounding?: "AUTO" | "REQUIRED" | "NONE";
  readonly idempotencyKey?: string;
}

/** Asks; resolves at once with the answer's id and conversation. */
export async function ask(api: Api, input: AskInput): Promise<{ id: string; status: string; conversationId: string }> {
  const { ask: payload } = await api.run<{
    ask: { answer: { id: string; status: string; conversation: { id: string } } | null; problem: ProblemView | null };
  }>(
    `mutation ($input: AskInput!) { ask(input: $input) { answer { id status conversation { id } } problem { __typename code message } } }`,
    { input },
  );
  const { id, status, conversation } = granted(payload.answer, payload.problem);
  return { id, status, conversationId: conversation.id };
}

/** The events of an answer after a sequence, over one connection. */
export async function* answerEvents(
  api: Api,
  id: string,
  options: { after?: number; cancelOnDisconnect?: boolean; signal?: AbortSignal; limitMs?: number } = {},
): AsyncGenerator<AnswerEvent, void, undefined> {
  const variables = { id, after: options.after ?? 0, cancel: options.cancelOnDisconnect ?? false };
  for await (const { answerStream } of api.follow<{ answerStream: AnswerEvent }>(ANSWER_STREAM, variables, options))
    yield answerStream;
}

/** Follows an answer to its end. @throws Error with the problem when it failed */
export async function answered(api: Api, id: string): Promise<{ answer: AnswerView; events: AnswerEvent[] }> {
  const events: AnswerEvent[] = [];
  for await (const event of answerEvents(api, id)) events.push(event);
  const last = events.at(-1);
  if (!last?.answer) throw new Error(`the answer ${id} ended with ${JSON.stringify(last)}`);
  return { answer: last.answer, events };
}

export async function answerOf(api: Api, id: string): Promise<AnswerView | null> {
  return (await api.run<{ answer: AnswerView | null }>(`query ($id: ID!) { answer(id: $id) { ${ANSWER} } }`, { id }))
    .answer;
}
