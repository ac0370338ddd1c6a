import { randomUUID } from "node:crypto";
import type { Viewer } from "../../../platform/auth/viewer.js";
import type { Tracing } from "../../../platform/telemetry/tracing.js";
import type { Answer, Passage } from "../domain/answer.js";
import type { Question } from "../domain/asking.js";
import { followAnswer } from "../domain/follow-answer.js";
import type { AnswerEntry, FoundPassages } from "../ports.js";
import { startOpenAiDouble } from "./openai-double.js";
import { passage } from "./passages.js";
import { openReplica, prepareDatabase, type Replica, type ReplicaOptions } from "./room.js";

/** The passage that searches find unless a test says otherwise. */
export const RULE = passage({
  chunkId: "chk_rule",
  documentId: "doc_rule",
  effectiveDate: "2025-01-01",
  text: "입사 1년이 지난 직원에게 연차 15일을 준다.",
});

export const question = (fields: Partial<Question> = {}): Question => ({
  conversationId: undefined,
  question: "연차는 며칠인가요?",
  datasetIds: undefined,
  model: undefined,
  grounding: "AUTO",
  idempotencyKey: undefined,
  ...fields,
});

export const textOf = (entries: readonly AnswerEntry[]): string =>
  entries.map(({ event }) => (event.type === "delta" ? event.text : "")).join("");

export interface FollowOptions {
  readonly after?: number;
  readonly replica?: Replica;
  readonly cancelOnDisconnect?: boolean;
  readonly signal?: AbortSignal;
}

/** What a scene's worker does otherwise than usual. */
export type SceneOptions = Pick<ReplicaOptions, "meaning" | "cache" | "assists">;

/** Two replicas over real engines, a worker in the first, and a model and a search that do what a test says. */
export async function openScene(options: SceneOptions & { window?: number; counts?: boolean; tracing?: Tracing } = {}) {
  await prepareDatabase();
  const llm = await startOpenAiDouble(options);
  const assists = options.assists ?? false;
  const queue = `conversations-test-${randomUUID()}`;
  const { meaning, cache, tracing } = options;
  const judged = { ...(meaning ? { meaning } : {}), ...(cache ? { cache } : {}) };
  const traced = tracing ? { tracing } : {};
  const first = await openReplica({ llmUrl: llm.url, queue, idleTimeoutMs: 1500, assists, ...judged, ...traced });
  const second = await openReplica({ llmUrl: llm.url, queue, ...judged });
  const searched: { query: string; viewer: string }[] = [];
  const scene = {
    llm,
    queue,
    first,
    second,
    searched,
    stages: [] as NonNullable<FoundPassages["stages"]>,
    found: async (): Promise<readonly Passage[]> => [RULE],
    reset() {
      scene.found = async () => [RULE];
      llm.say(["연차는 ", "15일을 준다 ", "[1", "]."]);
    },
    async ask(viewer: Viewer, fields: Partial<Question> = {}): Promise<Answer> {
      const answer = await first.asking.ask(viewer, question(fields), "trace");
      if (!answer) throw new Error("not asked");
      return answer;
    },
    async *follow(viewer: Viewer, answerId: string, options: FollowOptions = {}): AsyncGenerator<AnswerEntry> {
      const entries = await followAnswer((options.replica ?? second).services.follow, viewer, {
        answerId,
        traceId: "trace",
        after: options.after ?? 0,
        cancelOnDisconnect: options.cancelOnDisconnect ?? false,
        signal: options.signal ?? new AbortController().signal,
        mayReturn: () => false,
      });
      if (!entries) throw new Error("no such answer");
      yield* entries;
    },
    /** The whole stream, to its end. */
    async all(viewer: Viewer, answerId: string, options: FollowOptions = {}): Promise<AnswerEntry[]> {
      const entries: AnswerEntry[] = [];
      for await (const entry of scene.follow(viewer, answerId, options)) entries.push(entry);
      return entries;
    },
    /** Follows until the text so far contains `part`. */
    async until(viewer: Viewer, answerId: string, part: string): Promise<void> {
      let text = "";
      for await (const { event } of scene.follow(viewer, answerId)) {
        if (event.type === "delta") text += event.text;
        if (text.includes(part)) return;
      }
      throw new Error(`the stream ended without ${part}`);
    },
    async stored(viewer: Viewer, id: string): Promise<Answer> {
      const [answer] = await second.answers.find(viewer, [id]);
      if (!answer) throw new Error("no such answer");
      return answer;
    },
    async close(): Promise<void> {
      await worker.stop();
      await first.close();
      await second.close();
      await llm.stop();
    },
  };
  const worker = first.startWorker({
    async search(scope, query) {
      searched.push({ query, viewer: scope.userId });
      return { passages: await scene.found(), facts: [], degraded: [], stages: scene.stages };
    },
  });
  return scene;
}

export type Scene = Awaited<ReturnType<typeof openScene>>;
