import type { TenantScope } from "../../../platform/auth/viewer.js";
import type { AnswerEntry, AnswerStore, AnswerStream, Listeners } from "../ports.js";
import { type Answer, isFinished } from "./answer.js";
import { type AnswerEvent, isFinal } from "./events.js";
import { GAVE_UP } from "./failures.js";

export interface FollowDependencies {
  readonly answers: AnswerStore;
  readonly stream: AnswerStream;
  readonly listeners: Listeners;
  /** Ends an answer that nobody listens to any more. */
  readonly cancel: (scope: TenantScope, answerId: string, traceId: string) => Promise<unknown>;
  readonly newListenerId: () => string;
}

export interface FollowRequest {
  readonly answerId: string;
  readonly traceId: string;
  /** The last sequence that the reader has seen; 0 for all. */
  readonly after: number;
  readonly cancelOnDisconnect: boolean;
  /** Aborts when the reader leaves. */
  readonly signal: AbortSignal;
  /** True when the reader is to come back, e.g. because only the token expired: then leaving cancels nothing. */
  readonly mayReturn: () => boolean;
}

const RENEW_MS = 2000;
/** How often a stream that says nothing is compared with the answer's row. */
const LOOK_MS = 3000;

/** The end of a finished answer, rebuilt from its row. */
function storedEnd(answer: Answer): AnswerEvent {
  const at = (answer.finishedAt ?? answer.createdAt).getTime();
  if (answer.status === "FAILED") return { type: "failed", at, failure: answer.failure ?? GAVE_UP };
  return { type: answer.status === "CANCELLED" ? "cancelled" : "completed", at };
}

/**
 * The events of one answer after the last one the reader saw, until its end; undefined when the viewer has no such answer. When the
 * stream is forgotten, or its writer died before the last event, the end comes from the answer's row, so that a reader always
 * gets the whole answer.
 */
export async function followAnswer(
  dependencies: FollowDependencies,
  scope: TenantScope,
  request: FollowRequest,
): Promise<AsyncGenerator<AnswerEntry> | undefined> {
  const [answer] = await dependencies.answers.find(scope, [request.answerId]);
  return answer && entries(dependencies, scope, answer, request);
}

async function* entries(
  dependencies: FollowDependencies,
  scope: TenantScope,
  answer: Answer,
  request: FollowRequest,
): AsyncGenerator<AnswerEntry> {
  const { answers, stream } = dependencies;
  const { signal } = request;
  let cursor = request.after;
  if (!isFinished(answer.status)) {
    const finished = new AbortController();
    const leave = listen(dependencies, scope, request);
    const look = setInterval(() => {
      void answers
        .find(scope, [answer.id])
        .then(([row]) => (!row || isFinished(row.status)) && finished.abort())
        .catch(() => {}); // the stream itself will tell what is wrong
    }, LOOK_MS);
    try {
      for await (const entry of stream.follow(
        scope.tenantId,
        answer.id,
        cursor,
        AbortSignal.any([signal, finished.signal]),
      )) {
        cursor = entry.sequence;
        yield entry;
        if (isFinal(entry.event)) return;
      }
    } finally {
      clearInterval(look);
      await leave();
    }
    if (signal.aborted) return;
  }
  for (;;) {
    const page = await stream.read(scope.tenantId, answer.id, cursor);
    if (page.length === 0) break;
    for (const entry of page) {
      if (signal.aborted) return;
      cursor = entry.sequence;
      yield entry;
      if (isFinal(entry.event)) return;
    }
  }
  const [row] = await answers.find(scope, [answer.id]);
  if (!row || !isFinished(row.status)) return;
  if (row.finalSequence !== null && cursor >= row.finalSequence) return; // seen to the end before
  yield { sequence: Math.max(row.finalSequence ?? 0, cursor + 1), event: storedEnd(row) };
}

/** Counts this reader as a listener until the returned function is called. */
function listen(dependencies: FollowDependencies, scope: TenantScope, request: FollowRequest): () => Promise<void> {
  const { listeners } = dependencies;
  const id = dependencies.newListenerId();
  let last: Promise<void> = Promise.resolve();
  const renew = (): void => {
    // Without Redis there is no stream either; the reader learns of it there.
    last = last
      .then(() => listeners.renew(scope.tenantId, request.answerId, id, request.cancelOnDisconnect))
      .catch(() => {});
  };
  renew();
  const timer = setInterval(renew, RENEW_MS);
  return async () => {
    clearInterval(timer);
    await last;
    if (request.mayReturn()) return; // the lease runs out by itself
    if (await listeners.leave(scope.tenantId, request.answerId, id).catch(() => false))
      await dependencies.cancel(scope, request.answerId, request.traceId).catch(() => {});
  };
}
