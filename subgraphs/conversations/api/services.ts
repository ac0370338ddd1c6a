import DataLoader from "dataloader";
import type { AuditLog } from "../../../platform/audit/audit.js";
import type { Viewer } from "../../../platform/auth/viewer.js";
import { type GraphContext, loaderOf, requireViewer } from "../../../platform/graphql/context.js";
import { type NotFound, notFound } from "../../../platform/graphql/problems.js";
import type { PiiDetector } from "../../../platform/pii/detector.js";
import type { Answer, Conversation } from "../domain/answer.js";
import type { Asking } from "../domain/asking.js";
import type { FollowDependencies } from "../domain/follow-answer.js";
import type { ModelCatalogue } from "../domain/models.js";
import type {
  AnswerStore,
  AnswerStream,
  ConversationStore,
  DocumentAccess,
  SessionCache,
  UsageStore,
} from "../ports.js";
import type { FeedbackStore, SettingsStore } from "../trust-ports.js";

/** What the resolvers work with. */
export interface ConversationServices {
  readonly conversations: ConversationStore;
  readonly answers: AnswerStore;
  readonly asking: Asking;
  readonly stream: AnswerStream;
  readonly session: SessionCache;
  readonly documents: DocumentAccess;
  readonly settings: SettingsStore;
  readonly feedback: FeedbackStore;
  readonly detector: PiiDetector;
  readonly models: ModelCatalogue;
  readonly follow: FollowDependencies;
  readonly audit: AuditLog;
  readonly usage: UsageStore;
  /** Of the prices; null when there are none. */
  readonly currency: string | null;
}

const ANSWERS = Symbol("answers");
const CONVERSATIONS = Symbol("conversations");
const READABLE = Symbol("readable documents");

/** Loads rows of one request together, each once; null for what is not there for the viewer. */
function byId<T extends { id: string }>(
  context: GraphContext,
  key: symbol,
  find: (viewer: Viewer, ids: readonly string[]) => Promise<T[]>,
): DataLoader<string, T | null> {
  const viewer = requireViewer(context);
  return loaderOf(
    context,
    key,
    () =>
      new DataLoader<string, T | null>(async (ids) => {
        const found = new Map((await find(viewer, ids)).map((row) => [row.id, row]));
        return ids.map((id) => found.get(id) ?? null);
      }),
  );
}

export const answerLoader = (
  services: ConversationServices,
  context: GraphContext,
): DataLoader<string, Answer | null> => byId(context, ANSWERS, services.answers.find);

export const conversationLoader = (
  services: ConversationServices,
  context: GraphContext,
): DataLoader<string, Conversation | null> => byId(context, CONVERSATIONS, services.conversations.find);

/** Whether the viewer may read a document now. Unknown is no. */
export function readableLoader(services: ConversationServices, context: GraphContext): DataLoader<string, boolean> {
  const viewer = requireViewer(context);
  return loaderOf(
    context,
    READABLE,
    () =>
      new DataLoader<string, boolean>(async (ids) => {
        const readable = await services.documents.readable(viewer, ids);
        return ids.map((id) => readable.has(id));
      }),
  );
}

/** The same answer for what is not there and for what is somebody else's; the attempt is audited. */
export async function refused(
  services: ConversationServices,
  context: GraphContext,
  action: string,
  objectType: "Conversation" | "Answer" | "Message" | "PromptTemplate",
  id: string,
): Promise<NotFound> {
  const { traceId } = context;
  await services.audit.note(context.viewer, {
    action,
    objectType,
    objectId: id.slice(0, 64),
    outcome: "REFUSED",
    reason: "NOT_FOUND",
    traceId,
  });
  return notFound(objectType.replace(/(?<=[a-z])(?=[A-Z])/, " ").toLowerCase(), id);
}
