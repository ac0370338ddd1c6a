import neo4j, { type Driver, type ManagedTransaction } from "neo4j-driver";
import { RequestError, UnavailableError } from "../../../platform/errors/errors.js";
import type { Logger } from "../../../platform/logging/logger.js";

export interface Neo4jOptions {
  /** bolt://host:port */
  readonly uri: string;
  readonly user: string;
  readonly password: string;
  readonly logger: Logger;
  /** The longest a reading statement may take; 10 s when left out. */
  readonly readTimeoutMs?: number;
}

/** One statement inside a write transaction. */
export type Run = <R extends object>(cypher: string, params?: Record<string, unknown>) => Promise<R[]>;

export type Replan = "skip" | "force";

/** Neo4j with time limits: every call ends with the signal, or with the limit, whichever comes first. */
export interface GraphDatabase {
  readonly driver: Driver;
  /** A statement that was planned once keeps its plan however the store grows, so that nobody waits while it is planned again; "force" plans anew. */
  read<R extends object>(
    cypher: string,
    params: Record<string, unknown>,
    signal: AbortSignal,
    replan?: Replan,
  ): Promise<R[]>;
  /** Runs `work` in one transaction; transient failures (deadlocks, leader changes) are repeated, so `work` may run more than once. */
  write<T>(work: (run: Run) => Promise<T>, signal: AbortSignal): Promise<T>;
  ping(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export const READ_TIMEOUT_MS = 10_000;
const WRITE_TIMEOUT_MS = 120_000;
/** The server ends a transaction that takes too long; one that the server does not even answer is given up this much later. */
const SILENCE_MS = 1000;

/** Opens a bounded pool; nothing is connected until first use. Integers come back as numbers: none of ours exceeds 2^53. */
export function openNeo4j(options: Neo4jOptions): GraphDatabase {
  const readTimeoutMs = options.readTimeoutMs ?? READ_TIMEOUT_MS;
  const driver = neo4j.driver(options.uri, neo4j.auth.basic(options.user, options.password), {
    disableLosslessIntegers: true,
    maxConnectionPoolSize: 32,
    connectionAcquisitionTimeout: 4000,
    connectionTimeout: 3000,
    maxTransactionRetryTime: 15_000,
    userAgent: "llmflow-knowledge-graph",
  });

  const rows = async <R extends object>(
    tx: ManagedTransaction,
    cypher: string,
    params: Record<string, unknown>,
  ): Promise<R[]> => (await tx.run<never>(cypher, params)).records.map((record) => record.toObject() as R);

  /** Ends with the signal; the session's connection is then closed behind it, which rolls the transaction back. */
  async function bounded<T>(
    mode: "READ" | "WRITE",
    timeout: number,
    signal: AbortSignal,
    work: (tx: ManagedTransaction) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const session = driver.session({ defaultAccessMode: neo4j.session[mode] });
    let onAbort = (): void => {};
    let silence: NodeJS.Timeout | undefined;
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      silence = setTimeout(() => reject(away(new Error("Neo4j is silent"))), timeout + SILENCE_MS);
    });
    const result = mode === "READ" ? session.executeRead(work, { timeout }) : session.executeWrite(work, { timeout });
    result.catch(() => {}); // the race may have been decided before
    try {
      return await Promise.race([result, aborted]);
    } catch (error) {
      throw signal.aborted ? signal.reason : translate(error, options.logger);
    } finally {
      clearTimeout(silence);
      signal.removeEventListener("abort", onAbort);
      void session.close().catch(() => {});
    }
  }

  return {
    driver,
    read: (cypher, params, signal, replan = "skip") =>
      bounded("READ", readTimeoutMs, signal, (tx) => rows(tx, `CYPHER replan=${replan} ${cypher}`, params)),
    write: (work, signal) =>
      bounded("WRITE", WRITE_TIMEOUT_MS, signal, (tx) => work((cypher, params = {}) => rows(tx, cypher, params))),
    ping: async (signal) => void (await bounded("READ", 2000, signal, (tx) => rows(tx, "RETURN 1 AS one", {}))),
    close: () => driver.close(),
  };
}

const AWAY = /ServiceUnavailable|SessionExpired|TransientError|TransactionTimedOut|Security|pool|acquisition/i;

/** What the driver throws, in the product's words: an engine that is away or slow can be waited for, anything else is a bug. */
export function translate(error: unknown, logger: Logger): unknown {
  if (error instanceof RequestError) return error;
  const code = (error as { code?: unknown } | null)?.code;
  const text = `${typeof code === "string" ? code : ""} ${error instanceof Error ? error.message : ""}`;
  if (!AWAY.test(text)) return error;
  logger.warn({ component: "neo4j", reason: text.slice(0, 300) }, "the graph store does not answer");
  return away(error);
}

const away = (cause: unknown): UnavailableError =>
  new UnavailableError("GRAPH", "The knowledge graph does not answer just now. Try again shortly.", { cause });
