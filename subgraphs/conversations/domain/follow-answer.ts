import type { TenantScope } from "../../../platform/auth/viewer.js";
import { RequestError, UnavailableError } from "../../../platform/errors/errors.js";
import type { AnswerEntry, AnswerStore, AnswerStream, Listeners, StreamPlaces, Writers } from "../ports.js";
import { type Answer, isFinished } from "./answer.js";
import { type AnswerEvent, isFinal } from "./events.js";
import { GAVE_UP } from "./failures.js";

export interface FollowDependencies {
  readonly answers: AnswerStore;
  readonly stream: AnswerStream;
  readonly listeners: Listeners;
  readonly places: StreamPlaces;
  readonly writers: Writers;
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
/** An answer under way that nobody writes for this long, and nobody takes over, lets its readers go. */
const ORPHANED_MS = 30_000;

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
 * @throws RequestError RATE_LIMITED when the user or the tenant has as many streams open as it may
 * @throws UnavailableError when nobody writes the answer and nobody takes it over; the reader may resume later
 */
export async function followAnswer(
  dependencies: FollowDependencies,
  scope: TenantScope,
  request: FollowRequest,
): Promise<AsyncGenerator<AnswerEntry> | undefined> {
  const [answer] = await dependencies.answers.find(scope, [request.answerId]);
  return answer && placed(dependencies, scope, answer, request);
}

/** The events while the reader holds one of the places for live streams. */
async function* placed(
  dependencies: FollowDependencies,
  scope: TenantScope,
  answer: Answer,
  request: FollowRequest,
): AsyncGenerator<AnswerEntry> {
  const { places } = dependencies;
  const streamId = dependencies.newListenerId();
  // Without Redis there is no stream either; the reader learns of it there.
  const full = await places.take(scope, streamId).catch(() => undefined);
  if (full) {
    const whose = full.of === "USER" ? "You have" : "Your organisation has";
    const message = `${whose} ${full.limit} streams open already. Close one, or try again shortly.`;
    throw new RequestError("RATE_LIMITED", message, { limit: full.limit, of: full.of });
  }
  const timer = setInterval(() => void places.take(scope, streamId).catch(() => {}), RENEW_MS);
  try {
    yield* entries(dependencies, scope, answer, request);
  } finally {
    clearInterval(timer);
    await places.leave(scope, streamId).catch(() => {}); // it runs out by itself
  }
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
    const leave = listen(dependencies, scope, request);
    const watch = watchRow(dependencies, scope, answer.id);
    try {
      const over = AbortSignal.any([signal, watch.over]);
      for await (const entry of stream.follow(scope.tenantId, answer.id, cursor, over)) {
        cursor = entry.sequence;
        yield entry;
        if (isFinal(entry.event)) return;
      }
    } finally {
      watch.stop();
      await leave();
    }
    if (signal.aborted) return;
    if (watch.orphaned())
      throw new UnavailableError("WORKER", "Nobody can go on with this answer just now. Resume in a while.");
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

/** Compares the stream with the answer's row now and then: `over` aborts when the row is finished or gone, or nobody writes it. */
function watchRow({ answers, writers }: FollowDependencies, scope: TenantScope, answerId: string) {
  const over = new AbortController();
  let writerless: number | undefined;
  let orphaned = false;
  const look = async (): Promise<void> => {
    const [row] = await answers.find(scope, [answerId]);
    if (!row || isFinished(row.status)) return over.abort();
    // A queued one may wait for its turn.
    const isWritten = row.status === "QUEUED" || (await writers.alive([answerId])).has(answerId);
    writerless = isWritten ? undefined : (writerless ?? performance.now());
    orphaned = writerless !== undefined && performance.now() - writerless >= ORPHANED_MS;
    if (orphaned) over.abort();
  };
  // The stream itself will tell what is wrong with the stores.
  const timer = setInterval(() => void look().catch(() => {}), LOOK_MS);
  return { over: over.signal, orphaned: () => orphaned, stop: () => clearInterval(timer) };
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
