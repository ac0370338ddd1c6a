import type { AuditLog } from "../../../platform/audit/audit.js";
import type { TenantScope } from "../../../platform/auth/viewer.js";
import { newId } from "../../../platform/graphql/ids.js";
import type { Postgres, Transaction } from "../../../platform/postgres/postgres.js";
import { type Answer, type AnswerOutcome, NO_USAGE } from "../domain/answer.js";
import { messageTokens } from "../domain/window.js";
import type { AnswerStore, NewAnswer, UnfinishedAnswer } from "../ports.js";
import { ANSWER_COLUMNS, type AnswerRow, answerOf } from "./answer-row.js";
import { insertConversation } from "./conversation-row.js";
import { insertBranch } from "./postgres-branches.js";
import { insertCitations } from "./postgres-citations.js";
import { insertModelCall } from "./postgres-usage.js";

const UNIQUE_VIOLATION = "23505";
/** A cancelled answer that no worker took up holds two events: QUEUED and this end. */
const SEQUENCE_OF_EARLY_CANCEL = 2;

/** A reply's tokens: as the model counted them when it wrote them. */
const repliedTokens = ({ text, usage }: AnswerOutcome): number =>
  usage.estimated || usage.completionTokens === 0 ? messageTokens(text) : usage.completionTokens;

interface UnfinishedRow {
  id: string;
  conversation_id: string;
  tenant_id: string;
  user_id: string;
  departments: string[];
  trace_id: string;
  enqueued: number;
}

const only = async (tx: Transaction, text: string, values: readonly unknown[]): Promise<Answer | undefined> => {
  const [row] = await tx.query<AnswerRow>(text, values);
  return row && answerOf(row);
};

/** Answers in PostgreSQL; row-level security shows each user their own only. */
export function createAnswerStore(postgres: Postgres, audit: AuditLog): AnswerStore {
  const recorded = (tx: Transaction, scope: TenantScope, action: string, objectId: string, traceId: string) =>
    audit.record(tx, scope, { action, objectType: "Answer", objectId, outcome: "SUCCEEDED", traceId });

  const byKey = (scope: TenantScope, key: string): Promise<Answer | undefined> =>
    postgres.as(scope, (tx) => only(tx, `SELECT ${ANSWER_COLUMNS} FROM answers WHERE idempotency_key = $1`, [key]));

  async function insert(
    tx: Transaction,
    scope: TenantScope,
    wanted: NewAnswer,
    traceId: string,
  ): Promise<Answer | undefined> {
    const branch =
      wanted.instead === undefined
        ? undefined
        : await insertBranch(tx, scope, { messageId: wanted.instead, including: false, title: undefined });
    if (wanted.instead !== undefined && !branch) return undefined;
    const [conversation] = branch
      ? [branch.conversation]
      : wanted.conversationId === undefined
        ? [
            await insertConversation(tx, scope, {
              title: wanted.title,
              model: wanted.model ?? wanted.defaultModel,
              datasetIds: wanted.datasetIds ?? [],
            }),
          ]
        : await tx.query<{ id: string; model: string; datasetIds: string[] }>(
            `UPDATE conversations SET updated_at = now(), title = CASE WHEN title = '' THEN $2 ELSE title END
             WHERE id = $1 RETURNING id, model, dataset_ids AS "datasetIds"`,
            [wanted.conversationId, wanted.title],
          );
    if (!conversation) return undefined;
    const id = newId("Answer");
    const questionId = newId("Message");
    await tx.query(
      `INSERT INTO messages (id, conversation_id, tenant_id, user_id, role, content, tokens, answer_id)
       VALUES ($1,$2,$3,$4,'USER',$5,$6,$7)`,
      [questionId, conversation.id, scope.tenantId, scope.userId, wanted.question, wanted.questionTokens, id],
    );
    const answer = await only(
      tx,
      `INSERT INTO answers (id, conversation_id, question_id, tenant_id, user_id, departments, question, status, grounding, dataset_ids, model, trace_id, idempotency_key, roles)
       VALUES ($1,$2,$3,$4,$5,$6,$7,'QUEUED',$8,$9,$10,$11,$12,$13) RETURNING ${ANSWER_COLUMNS}`,
      [
        id,
        conversation.id,
        questionId,
        scope.tenantId,
        scope.userId,
        JSON.stringify(scope.departments),
        wanted.question,
        branch?.grounding ?? wanted.grounding,
        JSON.stringify(wanted.datasetIds ?? branch?.datasetIds ?? conversation.datasetIds),
        wanted.model ?? branch?.model ?? conversation.model,
        traceId,
        wanted.idempotencyKey ?? null,
        JSON.stringify(wanted.roles),
      ],
    );
    await recorded(tx, scope, "answer.ask", id, traceId);
    return answer;
  }

  const unfinished = (condition: string, ...values: unknown[]): Promise<UnfinishedAnswer[]> =>
    postgres.system(async (tx) => {
      const rows = await tx.query<UnfinishedRow>(
        `SELECT id, conversation_id, tenant_id, user_id, departments, trace_id, enqueued FROM answers
         WHERE status IN ('QUEUED', 'STREAMING') AND ${condition}`,
        values,
      );
      return rows.map((row) => ({
        id: row.id,
        conversationId: row.conversation_id,
        scope: { tenantId: row.tenant_id, userId: row.user_id, departments: row.departments },
        traceId: row.trace_id,
        enqueued: row.enqueued,
      }));
    });

  return {
    async create(scope, wanted, traceId) {
      const key = wanted.idempotencyKey;
      const before = key === undefined ? undefined : await byKey(scope, key);
      if (before) return { answer: before, created: false };
      try {
        const answer = await postgres.as(scope, (tx) => insert(tx, scope, wanted, traceId));
        return answer && { answer, created: true };
      } catch (error) {
        // The same key at the same moment: the other request's answer is this one's too.
        const twin =
          key !== undefined && (error as { code?: string }).code === UNIQUE_VIOLATION
            ? await byKey(scope, key)
            : undefined;
        if (twin) return { answer: twin, created: false };
        throw error;
      }
    },
    regenerate: (scope, id, traceId) =>
      postgres.as(scope, async (tx) => {
        const answer = await only(
          tx,
          `INSERT INTO answers (id, conversation_id, question_id, tenant_id, user_id, departments, question, status, grounding, dataset_ids, model, trace_id, regenerates, roles)
           SELECT $2, conversation_id, question_id, tenant_id, user_id, $3, question, 'QUEUED', grounding, dataset_ids, model, $4, id, roles
           FROM answers WHERE id = $1 RETURNING ${ANSWER_COLUMNS}`,
          [id, newId("Answer"), JSON.stringify(scope.departments), traceId],
        );
        if (answer) await recorded(tx, scope, "answer.regenerate", answer.id, traceId);
        return answer;
      }),
    find: (scope, ids) =>
      postgres.as(scope, async (tx) =>
        (await tx.query<AnswerRow>(`SELECT ${ANSWER_COLUMNS} FROM answers WHERE id = ANY($1)`, [ids])).map(answerOf),
      ),
    claim: (scope, id, job) =>
      postgres.as(scope, (tx) =>
        only(
          tx,
          `UPDATE answers SET status = 'STREAMING', attempt = attempt + 1, touched_at = now()
           WHERE id = $1 AND enqueued <= $2 AND status IN ('QUEUED', 'STREAMING') RETURNING ${ANSWER_COLUMNS}`,
          [id, job],
        ),
      ),
    finish: (scope, id, attempt, outcome) =>
      postgres.as(scope, async (tx) => {
        const answer = await only(
          tx,
          `UPDATE answers SET status = $3, text = $4, removed_markers = $5, facts = $6, passages = $7, degraded = $8,
             usage = $9, failure = $10, final_sequence = $11, prompt = $12, cache = $13, search_query = $14, finished_at = now(), touched_at = now()
           WHERE id = $1 AND attempt = $2 AND status = 'STREAMING' RETURNING ${ANSWER_COLUMNS}`,
          [
            id,
            attempt,
            outcome.status,
            outcome.text,
            ...[outcome.removedMarkers, outcome.facts, outcome.passages, outcome.degraded, outcome.usage].map((value) =>
              JSON.stringify(value),
            ),
            outcome.failure ? JSON.stringify(outcome.failure) : null,
            outcome.finalSequence,
            outcome.prompt,
            outcome.cache ? JSON.stringify(outcome.cache) : null,
            outcome.searchQuery,
          ],
        );
        if (!answer) return false;
        await insertCitations(tx, scope, id, outcome.citations);
        if (outcome.questionTokens !== null)
          await tx.query("UPDATE messages SET tokens = $2 WHERE id = $1", [answer.questionId, outcome.questionTokens]);
        if (outcome.text !== "" && outcome.status !== "FAILED")
          await tx.query(
            `INSERT INTO messages (id, conversation_id, tenant_id, user_id, role, content, tokens, answer_id, reply_to)
             VALUES ($1,$2,$3,$4,'ASSISTANT',$5,$6,$7,$8)
             ON CONFLICT (reply_to) DO UPDATE SET content = EXCLUDED.content, tokens = EXCLUDED.tokens, answer_id = EXCLUDED.answer_id, created_at = now()`,
            [
              newId("Message"),
              answer.conversationId,
              scope.tenantId,
              scope.userId,
              outcome.text,
              repliedTokens(outcome),
              id,
              answer.questionId,
            ],
          );
        await tx.query("UPDATE conversations SET updated_at = now() WHERE id = $1", [answer.conversationId]);
        const { model, retrievalMilliseconds: _, ...usage } = outcome.usage;
        if (model !== null)
          await insertModelCall(tx, scope, {
            ...usage,
            answerId: id,
            purpose: "ANSWER",
            model,
            failed: outcome.status === "FAILED",
          });
        return true;
      }),
    cancel: (scope, id, traceId) =>
      postgres.as(scope, async (tx) => {
        const cancelled = await only(
          tx,
          `UPDATE answers SET cancel_requested = true,
             final_sequence = CASE WHEN status = 'QUEUED' THEN $2 ELSE final_sequence END,
             usage = CASE WHEN status = 'QUEUED' THEN $3::jsonb ELSE usage END,
             finished_at = CASE WHEN status = 'QUEUED' THEN now() ELSE finished_at END,
             status = CASE WHEN status = 'QUEUED' THEN 'CANCELLED' ELSE status END
           WHERE id = $1 AND status IN ('QUEUED', 'STREAMING') RETURNING ${ANSWER_COLUMNS}`,
          [id, SEQUENCE_OF_EARLY_CANCEL, JSON.stringify(NO_USAGE)],
        );
        if (!cancelled) return only(tx, `SELECT ${ANSWER_COLUMNS} FROM answers WHERE id = $1`, [id]);
        await recorded(tx, scope, "answer.cancel", id, traceId);
        return cancelled;
      }),
    rate: (scope, id, { rating, reason, correctedAnswer }, traceId) =>
      postgres.as(scope, async (tx) => {
        const rated = await only(
          tx,
          `UPDATE answers SET rating = $2, rating_reason = $3, corrected_answer = $4, rated_at = now() WHERE id = $1 RETURNING ${ANSWER_COLUMNS}`,
          [id, rating, reason, correctedAnswer],
        );
        if (rated) await recorded(tx, scope, "answer.rate", id, traceId);
        return rated;
      }),
    unfinished: (olderThanMilliseconds, limit) =>
      unfinished(
        "touched_at < now() - $1 * interval '1 millisecond' ORDER BY touched_at LIMIT $2",
        olderThanMilliseconds,
        limit,
      ),
    unfinishedAmong: (ids) => unfinished("id = ANY($1)", ids),
    requeue: (answer) =>
      postgres.as(answer.scope, async (tx) => {
        const rows = await tx.query(
          `UPDATE answers SET enqueued = enqueued + 1, touched_at = now()
           WHERE id = $1 AND enqueued = $2 AND status IN ('QUEUED', 'STREAMING') RETURNING id`,
          [answer.id, answer.enqueued],
        );
        return rows.length === 1;
      }),
  };
}
