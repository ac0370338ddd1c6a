import { describeError } from "../../../platform/errors/errors.js";
import type { Logger } from "../../../platform/logging/logger.js";
import type { GraphDatabase, Replan } from "./neo4j-database.js";

/** A store that has been restarted has forgotten its plans: for so long at most a reader may meet that. */
const PERIOD_MS = 20_000;
const LIMIT_MS = 60_000;
/** Plans are made anew, behind the readers' backs, when the store has grown or shrunk by this factor. */
const GROWTH = 2;

/** The same store, whose readings go by this rule. */
export const withReplan = (database: GraphDatabase, replan: Replan): GraphDatabase => ({
  ...database,
  read: (cypher, params, signal) => database.read(cypher, params, signal, replan),
});

export interface Rehearsals {
  /** Asks for what readers need first. */
  readonly first: (replan: Replan, signal: AbortSignal) => Promise<void>;
  readonly rest: (replan: Replan, signal: AbortSignal) => Promise<void>;
}

/** Chunks in the store, read from its counts without looking at any. */
async function size(database: GraphDatabase, signal: AbortSignal): Promise<number> {
  const [row] = await database.read<{ n: number }>("MATCH (c:Chunk) RETURN count(c) AS n", {}, signal);
  return row?.n ?? 0;
}

/**
 * Keeps the store's plans at hand: rehearses at once and then every twenty seconds, which costs some milliseconds while plans are
 * there, and has them made anew when the store has changed its size. `ready` settles after the first rehearsal, whatever came of it.
 */
export function keepPlans(
  database: GraphDatabase,
  rehearsals: Rehearsals,
  logger: Logger,
): { readonly ready: Promise<void>; stop(): Promise<void> } {
  const stopping = new AbortController();
  let plannedFor = 0;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let settleReady = (): void => {};
  const ready = new Promise<void>((resolve) => {
    settleReady = resolve;
  });
  const round = async (): Promise<void> => {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(LIMIT_MS)]);
    const now = await size(database, signal);
    const grown = now > plannedFor * GROWTH || now * GROWTH < plannedFor;
    const replan = grown && plannedFor > 0 ? "force" : "skip";
    await rehearsals.first(replan, signal);
    settleReady();
    await rehearsals.rest(replan, signal);
    if (grown) plannedFor = Math.max(now, 1);
  };
  const start = (): void => {
    running = round()
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) logger.warn({ error: describeError(error) }, "reads could not be rehearsed");
      })
      .finally(() => {
        settleReady();
        if (!stopping.signal.aborted) timer = setTimeout(start, PERIOD_MS);
      });
  };
  start();
  return {
    ready,
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
