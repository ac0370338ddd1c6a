import type { Postgres } from "../../../platform/postgres/postgres.js";
import type { FeedbackRecord, FeedbackStore } from "../trust-ports.js";

/** Rated answers of a whole tenant: the one reading of answers that is not their own user's, and it says so to the database. */
export const createFeedbackStore = (postgres: Postgres): FeedbackStore => ({
  page: (scope, { first, after, rating }) =>
    postgres.as(scope, async (tx) => {
      await tx.query("SELECT set_config('llmflow.purpose', 'feedback-export', true)");
      const [ratedAt, id] = after ?? [null, null];
      return tx.query<FeedbackRecord>(
        `SELECT id AS "answerId", question, text AS answer, corrected_answer AS "correctedAnswer", rating, rating_reason AS reason,
           model, prompt, rated_at AS "ratedAt",
           (SELECT coalesce(jsonb_agg(DISTINCT p ->> 'documentId'), '[]') FROM jsonb_array_elements(passages) p
            WHERE NOT p ? 'sourceDeleted' AND jsonb_typeof(p -> 'marker') = 'number') AS "documentIds"
         FROM answers
         WHERE tenant_id = $1 AND rated_at IS NOT NULL AND rating IS NOT NULL AND ($2::text IS NULL OR rating = $2)
           AND ($3::timestamptz IS NULL OR (date_trunc('milliseconds', rated_at), id) > ($3::timestamptz, $4))
         ORDER BY date_trunc('milliseconds', rated_at), id LIMIT $5`,
        [scope.tenantId, rating ?? null, ratedAt, id, first],
      );
    }),
});
