import pg from "pg";
import type { TenantScope } from "../auth/viewer.js";
import { isAbort, RequestError, UnavailableError } from "../errors/errors.js";
import type { Logger } from "../logging/logger.js";

/** Rows of one statement inside a transaction that already knows its tenant. */
export interface Transaction {
  query<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>;
}

/** PostgreSQL as a room sees it: there is no way to a statement without a tenant. */
export interface Postgres {
  /** Runs `work` in one transaction as the unprivileged role, with the tenant, user and departments set for row-level security. */
  as<T>(scope: TenantScope, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Platform-wide work that belongs to no tenant (outbox relay, sweeps over tenant ids). Runs as the room's owner. */
  system<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Calls `wake` after each NOTIFY on the channel; survives a lost connection. Returns the way to stop. */
  listen(channel: string, wake: (payload: string) => void): Promise<() => Promise<void>>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The role that row-level security applies to; made by the first migration. */
export const APP_ROLE = "llmflow_app";
const CONNECTION_ERRORS = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "57P01",
  "57P03",
  "08006",
  "08001",
  "53300",
]);

/** U+0000 in a text or in JSON: no column can hold it, and it only comes from a caller. */
const UNSTORABLE = new Set(["22021", "22P05"]);

export interface PostgresOptions {
  readonly url: string;
  /** The room's schema, first on the search path. */
  readonly schema: string;
  readonly logger: Logger;
  readonly poolSize?: number;
  readonly statementTimeoutMs?: number;
}

/** Opens a bounded pool. Nothing is connected until first use. */
export function createPostgres(options: PostgresOptions): Postgres {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize ?? 8,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs ?? 15_000,
    idle_in_transaction_session_timeout: 30_000,
    application_name: `llmflow:${options.schema}`,
    options: `-c search_path=${options.schema},public`,
  });
  pool.on("error", (error) =>
    options.logger.warn({ component: "postgres", reason: error.message }, "idle connection lost"),
  );

  async function transaction<T>(
    begin: (client: pg.PoolClient) => Promise<unknown>,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> {
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw new UnavailableError("POSTGRES", "The database does not answer just now. Try again shortly.", {
        cause: error,
      });
    }
    let broken = false;
    // A connection that is lost while the work waits for something else has nobody to tell: the next statement fails by itself.
    const lost = (): void => {
      broken = true;
    };
    client.on("error", lost);
    try {
      await client.query("BEGIN");
      await begin(client);
      const result = await work({ query: async (text, values = []) => (await client.query(text, [...values])).rows });
      await client.query("COMMIT");
      return result;
    } catch (error) {
      const code = (error as { code?: string }).code ?? "";
      broken = CONNECTION_ERRORS.has(code) || isAbort(error);
      await client.query("ROLLBACK").catch(() => {
        broken = true;
      });
      if (CONNECTION_ERRORS.has(code))
        throw new UnavailableError(
          "POSTGRES",
          "The database went away during the request. Nothing was changed; try again shortly.",
          { cause: error },
        );
      if (UNSTORABLE.has(code))
        throw new RequestError(
          "BAD_REQUEST",
          "The input holds a character that cannot be stored (U+0000). Remove it.",
          {},
          { cause: error },
        );
      throw error;
    } finally {
      client.off("error", lost);
      client.release(broken);
    }
  }

  return {
    as: (scope, work) =>
      transaction(
        (client) =>
          client.query(
            "SELECT set_config('role', $1, true), set_config('llmflow.tenant_id', $2, true), set_config('llmflow.user_id', $3, true), set_config('llmflow.departments', $4, true)",
            [APP_ROLE, scope.tenantId, scope.userId, JSON.stringify(scope.departments)],
          ),
        work,
      ),
    system: (work) => transaction(async () => {}, work),
    listen: (channel, wake) => listen(options, channel, wake),
    ping: async () => void (await pool.query("SELECT 1")),
    close: () => pool.end(),
  };
}

/** A connection of its own that listens, and reconnects with growing pauses when it is lost. */
async function listen(
  options: PostgresOptions,
  channel: string,
  wake: (payload: string) => void,
): Promise<() => Promise<void>> {
  let stopped = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  const connect = async (attempt: number): Promise<void> => {
    if (stopped) return;
    const next = new pg.Client({
      connectionString: options.url,
      connectionTimeoutMillis: 5000,
      application_name: `llmflow:${options.schema}:listen`,
    });
    client = next;
    next.on("notification", (message) => wake(message.payload ?? ""));
    const again = (): void => {
      if (stopped || client !== next) return;
      client = undefined;
      timer = setTimeout(() => void connect(attempt + 1), Math.min(100 * 2 ** attempt, 5000));
    };
    next.on("error", again);
    next.on("end", again);
    try {
      await next.connect();
      await next.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
      wake(""); // whatever was missed while nobody listened
    } catch (error) {
      options.logger.warn({ component: "postgres", channel, reason: (error as Error).message }, "cannot listen");
      again();
    }
  };
  await connect(0);
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await client?.end().catch(() => {});
  };
}
