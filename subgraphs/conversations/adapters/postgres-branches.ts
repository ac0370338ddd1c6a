import { newId } from "../../../platform/graphql/ids.js";
import type { Transaction } from "../../../platform/postgres/postgres.js";
import type { Answer, Conversation } from "../domain/answer.js";
import type { BranchPoint } from "../ports.js";
import { insertConversation } from "./conversation-row.js";

interface OriginRow {
  conversation_id: string;
  title: string;
  model: string;
  dataset_ids: string[];
  question_id: string;
  sequence: string;
  grounding: Answer["grounding"] | null;
  answer_model: string | null;
  answer_datasets: string[] | null;
}

/** A new chat that begins like another one, and how the message at which they part was asked. */
export interface Branch {
  readonly conversation: Conversation;
  readonly grounding: Answer["grounding"];
  readonly model: string;
  readonly datasetIds: readonly string[];
}

/** The most questions that a branch takes over, the newest of them. */
const MAX_PAIRS = 1000;

/**
 * Copies the answered questions of a chat, with replies and answers, into a new one. Each then has a life of its own: deleting one
 * leaves the other. Undefined: the user has no such message.
 */
export async function insertBranch(
  tx: Transaction,
  scope: { tenantId: string; userId: string },
  { messageId, including, title }: BranchPoint,
): Promise<Branch | undefined> {
  const [origin] = await tx.query<OriginRow>(
    `SELECT c.id AS conversation_id, c.title, c.model, c.dataset_ids, q.id AS question_id, q.sequence, a.grounding, a.model AS answer_model,
       a.dataset_ids AS answer_datasets
     FROM messages m JOIN messages q ON q.id = coalesce(m.reply_to, m.id) JOIN conversations c ON c.id = q.conversation_id
     LEFT JOIN answers a ON a.id = q.answer_id WHERE m.id = $1`,
    [messageId],
  );
  if (!origin) return undefined;
  const conversation = await insertConversation(tx, scope, {
    title: title ?? origin.title,
    model: origin.model,
    datasetIds: origin.dataset_ids,
    branchedFrom: { conversationId: origin.conversation_id, messageId: origin.question_id },
  });
  const pairs = await tx.query<{ question: string; reply: string; answer: string }>(
    `SELECT q.id AS question, r.id AS reply, r.answer_id AS answer FROM messages q JOIN messages r ON r.reply_to = q.id
     WHERE q.conversation_id = $1 AND (q.sequence < $2 OR ($3 AND q.sequence = $2)) ORDER BY q.sequence DESC LIMIT ${MAX_PAIRS}`,
    [origin.conversation_id, origin.sequence, including],
  );
  pairs.reverse();
  const answers = pairs.map(() => newId("Answer"));
  const questions = pairs.map(() => newId("Message"));
  await tx.query(
    `INSERT INTO messages (id, conversation_id, tenant_id, user_id, role, content, tokens, answer_id, reply_to, created_at)
     SELECT copy.id, $6, m.tenant_id, m.user_id, m.role, m.content, m.tokens, pair.answer, copy.reply_to, m.created_at
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY
       AS pair (old_question, old_reply, question, reply, answer, place)
     CROSS JOIN LATERAL (VALUES (old_question, question, NULL::text, 0), (old_reply, reply, question, 1)) AS copy (old, id, reply_to, part)
     JOIN messages m ON m.id = copy.old ORDER BY pair.place, copy.part`,
    [
      pairs.map((pair) => pair.question),
      pairs.map((pair) => pair.reply),
      questions,
      pairs.map(() => newId("Message")),
      answers,
      conversation.id,
    ],
  );
  // Every column as it is, but for what makes it this chat's own: what the reader thought of the original stays there.
  await tx.query(
    `INSERT INTO answers
     SELECT (jsonb_populate_record(a, jsonb_build_object('id', pair.answer, 'question_id', pair.question, 'conversation_id', $4::text,
       'idempotency_key', NULL, 'regenerates', NULL, 'rating', NULL, 'rating_reason', NULL,
       'corrected_answer', NULL, 'rated_at', NULL))).*
     FROM unnest($1::text[], $2::text[], $3::text[]) AS pair (old, question, answer) JOIN answers a ON a.id = pair.old`,
    [pairs.map((pair) => pair.answer), questions, answers, conversation.id],
  );
  await tx.query(
    `INSERT INTO citations SELECT (jsonb_populate_record(c, jsonb_build_object('answer_id', pair.answer))).*
     FROM unnest($1::text[], $2::text[]) AS pair (old, answer) JOIN citations c ON c.answer_id = pair.old`,
    [pairs.map((pair) => pair.answer), answers],
  );
  return {
    conversation,
    grounding: origin.grounding ?? "AUTO",
    model: origin.answer_model ?? origin.model,
    datasetIds: origin.answer_datasets ?? origin.dataset_ids,
  };
}
