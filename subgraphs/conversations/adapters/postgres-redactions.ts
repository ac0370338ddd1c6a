import type { Postgres, Transaction } from "../../../platform/postgres/postgres.js";
import { redactAnswer, redactText } from "../domain/redaction.js";
import { messageTokens } from "../domain/window.js";
import type { Redactions, RemovedWords } from "../trust-ports.js";
import { ANSWER_COLUMNS, type AnswerRow, answerOf } from "./answer-row.js";

/** Answers per transaction. */
const BATCH = 50;

const passageOf = (documentId: string, more: object = {}): string => JSON.stringify([{ documentId, ...more }]);

/** Redactions in PostgreSQL. They go over all users of one tenant, so they run as the room's own role, in that tenant only. */
export function createRedactions(postgres: Postgres): Redactions {
  const inTenant = <T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    postgres.system(async (tx) => {
      await tx.query("SELECT set_config('llmflow.tenant_id', $1, true)", [tenantId]);
      return work(tx);
    });

  /** Counted where it is removed: a run that was cut off and is repeated gives the same receipt. */
  const add = (tx: Transaction, tenantId: string, documentId: string, name: string, count: number) =>
    tx.query(
      `UPDATE redactions SET removed = jsonb_set(removed, ARRAY[$3::text], to_jsonb(coalesce((removed ->> $3)::int, 0) + $4::int))
       WHERE tenant_id = $1 AND document_id = $2`,
      [tenantId, documentId, name, count],
    );

  async function redactOne(tx: Transaction, row: AnswerRow, documentId: string): Promise<RemovedWords> {
    const answer = answerOf(row);
    const left = redactAnswer(answer, documentId);
    const feedback = [answer.ratingReason, answer.correctedAnswer].map(
      (text) => text && redactText(text, left.markers, left.quoted),
    );
    await tx.query(
      "UPDATE answers SET text = $2, passages = $3, facts = $4, rating_reason = $5, corrected_answer = $6 WHERE id = $1",
      [answer.id, left.text, JSON.stringify(left.passages), JSON.stringify(left.facts), ...feedback],
    );
    const citations = await tx.query(
      `UPDATE citations SET quote = '', boxes = '[]', source_deleted = true
       WHERE answer_id = $1 AND document_id = $2 AND NOT source_deleted RETURNING position`,
      [answer.id, documentId],
    );
    if (left.text !== answer.text) {
      await tx.query("UPDATE messages SET content = $2, tokens = $3 WHERE answer_id = $1 AND role = 'ASSISTANT'", [
        answer.id,
        left.text,
        messageTokens(left.text),
      ]);
      await tx.query(
        "UPDATE conversations SET summary = '', summary_tokens = 0, summary_through = '' WHERE id = $1 AND summary <> ''",
        [answer.conversationId],
      );
    }
    return {
      citations: citations.length,
      passages: answer.passages.filter((passage) => passage.documentId === documentId && passage.text !== "").length,
      answers: left.text === answer.text ? 0 : 1,
      feedback: feedback[0] === answer.ratingReason && feedback[1] === answer.correctedAnswer ? 0 : 1,
    };
  }

  return {
    begin: (tenantId, documentId) =>
      inTenant(tenantId, async (tx) => {
        await tx.query("INSERT INTO redactions (tenant_id, document_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
          tenantId,
          documentId,
        ]);
      }),
    redactSome: (tenantId, documentId) =>
      inTenant(tenantId, async (tx) => {
        const rows = await tx.query<AnswerRow>(
          `SELECT ${ANSWER_COLUMNS} FROM answers WHERE tenant_id = $1
             AND (id IN (SELECT answer_id FROM citations WHERE tenant_id = $1 AND document_id = $2 AND NOT source_deleted)
               OR (passages @> $3::jsonb AND NOT passages @> $4::jsonb))
           ORDER BY id LIMIT ${BATCH} FOR UPDATE`,
          [tenantId, documentId, passageOf(documentId), passageOf(documentId, { sourceDeleted: true })],
        );
        for (const row of rows) {
          const removed = await redactOne(tx, row, documentId);
          for (const [name, count] of Object.entries(removed)) await add(tx, tenantId, documentId, name, count);
        }
        return rows.length;
      }),
    touched: (tenantId, documentId, after) =>
      inTenant(tenantId, (tx) =>
        tx.query<{ id: string; conversationId: string }>(
          `SELECT id, conversation_id AS "conversationId" FROM answers
           WHERE tenant_id = $1 AND passages @> $2::jsonb AND id > $3 ORDER BY id LIMIT ${BATCH}`,
          [tenantId, passageOf(documentId), after],
        ),
      ),
    count: (tenantId, documentId, name, removed) =>
      inTenant(tenantId, async (tx) => {
        await add(tx, tenantId, documentId, name, removed);
      }),
    removed: (tenantId, documentId) =>
      inTenant(tenantId, async (tx) => {
        const [row] = await tx.query<{ removed: Record<string, number> }>(
          "SELECT removed FROM redactions WHERE tenant_id = $1 AND document_id = $2",
          [tenantId, documentId],
        );
        return row?.removed ?? {};
      }),
    deleted: (scope, documentIds) =>
      postgres.as(scope, async (tx) => {
        const rows = await tx.query<{ document_id: string }>(
          "SELECT document_id FROM redactions WHERE document_id = ANY($1)",
          [documentIds],
        );
        return rows.map((row) => row.document_id);
      }),
  };
}
