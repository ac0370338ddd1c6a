import type { Finding } from "../../../platform/pii/detector.js";
import { mask } from "../../../platform/pii/mask.js";
import type { FeedbackRecord } from "../trust-ports.js";
import { withoutMarkers } from "./citations.js";
import { SOURCE_DELETED } from "./redaction.js";

/** One line of training data: a conversation in the chat format, and what its reader thought of it. */
export interface TrainingRecord {
  readonly id: string;
  readonly messages: readonly { readonly role: "user" | "assistant"; readonly content: string }[];
  readonly rating: "UP" | "DOWN";
  /** What the model said, where a reader corrected it: the worse of a pair of preferences. */
  readonly rejected?: string;
  readonly reason?: string;
  readonly model: string;
  readonly prompt: string | null;
  readonly ratedAt: string;
  /** Words of a document that was deleted since are missing in it. */
  readonly sourceDeleted?: true;
}

/** A rated answer as a line of training data; every text is looked through for personal data once more. */
export async function trainingRecord(
  record: FeedbackRecord,
  detect: (text: string) => Promise<readonly Finding[]>,
): Promise<TrainingRecord> {
  const clean = async (text: string): Promise<string> => mask(text, await detect(text)).text;
  const [question, said, corrected, reason] = await Promise.all([
    clean(record.question),
    clean(withoutMarkers(record.answer)),
    record.correctedAnswer === null ? null : clean(withoutMarkers(record.correctedAnswer)),
    record.reason === null ? null : clean(record.reason),
  ]);
  return {
    id: record.answerId,
    messages: [
      { role: "user", content: question },
      { role: "assistant", content: corrected ?? said },
    ],
    rating: record.rating,
    ...(corrected === null ? {} : { rejected: said }),
    ...(reason === null ? {} : { reason }),
    model: record.model,
    prompt: record.prompt,
    ratedAt: record.ratedAt.toISOString(),
    ...([said, corrected, reason].some((text) => text?.includes(SOURCE_DELETED)) ? { sourceDeleted: true } : {}),
  };
}
