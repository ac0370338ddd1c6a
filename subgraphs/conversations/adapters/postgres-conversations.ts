import type { AuditLog } from "../../../platform/audit/audit.js";
import type { Postgres } from "../../../platform/postgres/postgres.js";
import type { Message } from "../domain/answer.js";
import type { ConversationStore } from "../ports.js";
import { CONVERSATION_COLUMNS, type ConversationRow, conversationOf, insertConversation } from "./conversation-row.js";
import { insertBranch } from "./postgres-branches.js";

interface MessageRow {
  id: string;
  sequence: string;
  role: "USER" | "ASSISTANT";
  content: string;
  tokens: number;
  answer_id: string;
  created_at: Date;
}

const MESSAGE = "m.id, m.sequence, m.role, m.content, m.tokens, m.answer_id, m.created_at";

/** Patterns that a text holding all the terms matches; undefined for none, so that everything does. */
const patternsOf = (terms: readonly string[] | undefined): string[] | null =>
  terms && terms.length > 0 ? terms.map((term) => `%${term.replace(/[\\%_]/g, "\\$&")}%`) : null;

const SAYS = "($1::text[] IS NULL OR m.content ILIKE ALL ($1))";
const MATCHES = `($1::text[] IS NULL OR title ILIKE ALL ($1)
  OR EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = conversations.id AND m.content ILIKE ALL ($1)))`;

const messageOf = (row: MessageRow): Message => ({
  id: row.id,
  sequence: Number(row.sequence),
  role: row.role,
  content: row.content,
  tokens: row.tokens,
  answerId: row.answer_id,
  createdAt: row.created_at,
});

/** Conversations and messages in PostgreSQL; row-level security shows each user their own only. */
export function createConversationStore(postgres: Postgres, audit: AuditLog): ConversationStore {
  const event = (action: string, objectId: string, traceId: string) =>
    ({ action, objectType: "Conversation", objectId, outcome: "SUCCEEDED", traceId }) as const;
  return {
    create: (scope, conversation, traceId) =>
      postgres.as(scope, async (tx) => {
        const created = await insertConversation(tx, scope, conversation);
        await audit.record(tx, scope, event("conversation.start", created.id, traceId));
        return created;
      }),
    find: (scope, ids) =>
      postgres.as(scope, async (tx) =>
        (
          await tx.query<ConversationRow>(`SELECT ${CONVERSATION_COLUMNS} FROM conversations WHERE id = ANY($1)`, [ids])
        ).map(conversationOf),
      ),
    branch: (scope, point, traceId) =>
      postgres.as(scope, async (tx) => {
        const branch = await insertBranch(tx, scope, point);
        if (branch) await audit.record(tx, scope, event("conversation.branch", branch.conversation.id, traceId));
        return branch?.conversation;
      }),
    summarize: (scope, id, summary, previous) =>
      postgres.as(
        scope,
        async (tx) =>
          void (await tx.query(
            "UPDATE conversations SET summary = $2, summary_tokens = $3, summary_through = $4 WHERE id = $1 AND summary_through = $5",
            [id, summary.text, summary.tokens, summary.through, previous],
          )),
      ),
    list: (scope, page, terms) =>
      postgres.as(scope, async (tx) => {
        const [updatedAt, id] = page.after ?? [null, null];
        const rows = await tx.query<ConversationRow>(
          `SELECT ${CONVERSATION_COLUMNS} FROM conversations
           WHERE ${MATCHES} AND ($2::timestamptz IS NULL OR (date_trunc('milliseconds', updated_at), id) < ($2::timestamptz, $3))
           ORDER BY date_trunc('milliseconds', updated_at) DESC, id DESC LIMIT $4`,
          [patternsOf(terms), updatedAt, id, page.first + 1],
        );
        const [count] = await tx.query<{ total: number }>(
          `SELECT count(*)::int AS total FROM conversations WHERE ${MATCHES}`,
          [patternsOf(terms)],
        );
        return { rows: rows.map(conversationOf), total: count?.total ?? 0 };
      }),
    rename: (scope, id, title, traceId) =>
      postgres.as(scope, async (tx) => {
        const [row] = await tx.query<ConversationRow>(
          `UPDATE conversations SET title = $2, updated_at = now() WHERE id = $1 RETURNING ${CONVERSATION_COLUMNS}`,
          [id, title],
        );
        if (!row) return undefined;
        await audit.record(tx, scope, event("conversation.rename", id, traceId));
        return conversationOf(row);
      }),
    remove: (scope, id, traceId) =>
      postgres.as(scope, async (tx) => {
        const [locked] = await tx.query("SELECT 1 FROM conversations WHERE id = $1 FOR UPDATE", [id]);
        if (!locked) return undefined;
        const answers = await tx.query<{ id: string }>("SELECT id FROM answers WHERE conversation_id = $1", [id]);
        await tx.query("DELETE FROM conversations WHERE id = $1", [id]);
        await audit.record(tx, scope, event("conversation.delete", id, traceId));
        return answers.map((answer) => answer.id);
      }),
    messages: (scope, conversationId, page, terms) =>
      postgres.as(scope, async (tx) => {
        const rows = await tx.query<MessageRow>(
          `SELECT ${MESSAGE} FROM messages m
           WHERE ${SAYS} AND m.conversation_id = $2 AND m.sequence > $3 ORDER BY m.sequence LIMIT $4`,
          [patternsOf(terms), conversationId, page.after ?? 0, page.first + 1],
        );
        const [count] = await tx.query<{ total: number }>(
          `SELECT count(*)::int AS total FROM messages m WHERE ${SAYS} AND m.conversation_id = $2`,
          [patternsOf(terms), conversationId],
        );
        return { rows: rows.map(messageOf), total: count?.total ?? 0 };
      }),
    answeredMessages: (scope, conversationId, limit) =>
      postgres.as(scope, async (tx) => {
        // A pair stands where its question stands, however late its (re)generated reply came.
        const rows = await tx.query<MessageRow>(
          `SELECT ${MESSAGE} FROM messages q JOIN messages reply ON reply.reply_to = q.id
           CROSS JOIN LATERAL (VALUES (q.id, 0), (reply.id, 1)) AS pair (id, place)
           JOIN messages m ON m.id = pair.id
           WHERE q.conversation_id = $1 ORDER BY q.sequence DESC, pair.place DESC LIMIT $2`,
          [conversationId, limit],
        );
        return rows.map(messageOf).reverse();
      }),
  };
}
