import type { TenantScope } from "../../../platform/auth/viewer.js";
import type { Postgres, Transaction } from "../../../platform/postgres/postgres.js";
import type { ModelCall, UsageDimension, UsageStore } from "../ports.js";

/** Writes one call down. The same call made anew (a job that ran twice) adds up: its tokens were spent twice. */
export async function insertModelCall(tx: Transaction, scope: TenantScope, call: ModelCall): Promise<void> {
  await tx.query(
    `INSERT INTO model_calls AS c (answer_id, purpose, tenant_id, user_id, model, failed, prompt_tokens, completion_tokens, estimated,
       cost, currency, first_token_ms, total_ms)
     VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)
     ON CONFLICT (answer_id, purpose) DO UPDATE SET model = EXCLUDED.model, failed = EXCLUDED.failed, at = now(),
       prompt_tokens = c.prompt_tokens + EXCLUDED.prompt_tokens, completion_tokens = c.completion_tokens + EXCLUDED.completion_tokens,
       estimated = c.estimated OR EXCLUDED.estimated, cost = c.cost + EXCLUDED.cost, currency = EXCLUDED.currency,
       first_token_ms = EXCLUDED.first_token_ms, total_ms = EXCLUDED.total_ms`,
    [
      call.answerId,
      call.purpose,
      scope.tenantId,
      scope.userId,
      call.model,
      call.failed,
      call.promptTokens,
      call.completionTokens,
      call.estimated,
      call.cost,
      call.currency,
      call.firstTokenMilliseconds,
      call.totalMilliseconds,
    ],
  );
}

/** What rows are grouped by. Days are UTC. */
const KEYS: Readonly<Record<UsageDimension, string>> = {
  DAY: "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
  MODEL: "model",
  USER: "user_id",
};
const MAX_ROWS = 1000;

interface Row {
  key: string | null;
  calls: number;
  failed: number;
  prompt_tokens: number;
  completion_tokens: number;
  estimated: number;
  cost: number | null;
  unpriced: number;
  first_p50: number | null;
  first_p95: number | null;
  total_p50: number | null;
  total_p95: number | null;
}

/** Calls of models in PostgreSQL; row-level security shows each tenant its own only. */
export const createUsageStore = (postgres: Postgres): UsageStore => ({
  record: (scope, call) => postgres.as(scope, (tx) => insertModelCall(tx, scope, call)),
  report: (scope, wanted) =>
    postgres.as(scope, async (tx) => {
      const rows = await tx.query<Row>(
        `SELECT ${KEYS[wanted.by]} AS key, count(*)::int AS calls, count(*) FILTER (WHERE failed)::int AS failed,
           sum(prompt_tokens)::float8 AS prompt_tokens, sum(completion_tokens)::float8 AS completion_tokens,
           count(*) FILTER (WHERE estimated)::int AS estimated,
           sum(cost) FILTER (WHERE currency = $5) AS cost, count(*) FILTER (WHERE cost IS NULL OR currency IS DISTINCT FROM $5)::int AS unpriced,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY first_token_ms) AS first_p50,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY first_token_ms) AS first_p95,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY total_ms) AS total_p50,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY total_ms) AS total_p95
         FROM model_calls
         WHERE tenant_id = $1 AND ($2::text IS NULL OR user_id = $2) AND at >= $3 AND at < $4
         GROUP BY GROUPING SETS ((key), ()) ORDER BY key NULLS FIRST LIMIT ${MAX_ROWS + 1}`,
        [scope.tenantId, wanted.ofTenant ? null : scope.userId, wanted.from, wanted.until, wanted.currency],
      );
      const figures = rows.map((row) => ({
        key: row.key,
        calls: row.calls,
        failed: row.failed,
        promptTokens: row.prompt_tokens ?? 0,
        completionTokens: row.completion_tokens ?? 0,
        estimated: row.estimated,
        cost: row.cost,
        unpriced: row.unpriced,
        firstTokenMilliseconds: { p50: row.first_p50, p95: row.first_p95 },
        totalMilliseconds: { p50: row.total_p50, p95: row.total_p95 },
      }));
      // The grand total has no key; of nothing at all there is still one.
      const [total, ...byKey] = figures;
      if (!total) throw new Error("a grand total is always there");
      return { total, rows: byKey.map((row) => ({ ...row, key: row.key ?? "" })) };
    }),
});
