import type { ChatModel } from "../../../platform/models/ports.js";
import type { PiiDetector } from "../../../platform/pii/detector.js";
import type { Tracing } from "../../../platform/telemetry/tracing.js";
import type { CachedAnswers } from "../domain/cached-answers.js";
import type { ChatHistory } from "../domain/history.js";
import type { MeaningComparison } from "../domain/meaning.js";
import type { Prices } from "../domain/prices.js";
import type {
  AnswerStore,
  AnswerStream,
  Cancellations,
  ConversationStore,
  Listeners,
  PassageSearch,
  SessionCache,
  Writers,
} from "../ports.js";
import type { AnswerCache, Redactions, SettingsStore } from "../trust-ports.js";
import type { Assistant } from "./assistant.js";

/** What computing an answer needs. */
export interface AnswerJobDependencies {
  readonly answers: AnswerStore;
  readonly stream: AnswerStream;
  readonly conversations: ConversationStore;
  readonly session: SessionCache;
  readonly redactions: Redactions;
  readonly cache: AnswerCache | undefined;
  readonly cached: CachedAnswers;
  readonly settings: SettingsStore;
  readonly history: ChatHistory;
  /** Undefined where the model is not up to small works around a chat; then rules do them. */
  readonly assistant: Assistant | undefined;
  readonly search: PassageSearch;
  readonly model: ChatModel;
  readonly detector: PiiDetector;
  /** Undefined: words alone decide what a citation is worth. */
  readonly meaning: MeaningComparison | undefined;
  readonly cancellations: Cancellations;
  readonly listeners: Listeners;
  readonly writers: Writers;
  readonly tracing: Tracing;
  /** What models cost; undefined when nobody said. */
  readonly prices: Prices | undefined;
  /** Context window in tokens of a model; undefined when nobody knows. */
  readonly windowOf: (model: string) => Promise<number | undefined>;
}
