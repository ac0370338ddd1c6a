import type { PiiPolicy } from "./pii-policy.js";
import type { InputProblem } from "./refusal.js";

/** How the documents of a data set are cut. */
export interface IndexingSettings {
  /** Tokens a chunk aims at. */
  readonly chunkTokens: number;
  /** Tokens that a chunk repeats from the one before. */
  readonly overlapTokens: number;
}

export const DEFAULT_INDEXING: IndexingSettings = { chunkTokens: 400, overlapTokens: 50 };
const CHUNK_TOKENS = { min: 64, max: 480 } as const;

export interface Dataset {
  readonly id: string;
  readonly tenantId: string;
  /** null: shared with the whole tenant. */
  readonly department: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly indexing: IndexingSettings;
  readonly piiPolicy: PiiPolicy;
  readonly status: "ACTIVE" | "DELETING";
  /** Set: its documents wait to be indexed; what runs already is finished. */
  readonly pausedAt: Date | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** How far the documents of a data set are. */
export interface DatasetProgress {
  readonly documents: number;
  readonly processing: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Of those that are processing. */
  readonly stuck: number;
  readonly chunks: number;
  /** Documents that came to rest in the last `PACE_SECONDS`. */
  readonly rested: number;
}

export const NO_PROGRESS: DatasetProgress = {
  documents: 0,
  processing: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  stuck: 0,
  chunks: 0,
  rested: 0,
};

export const PACE_SECONDS = 300;

/** Documents per second and the seconds left for those that are processing; null when nothing came to rest, or none is left. */
export function paceOfDataset(
  { processing, rested }: DatasetProgress,
  paused: boolean,
): { ratePerSecond: number | null; etaSeconds: number | null } {
  const ratePerSecond = rested > 0 ? rested / PACE_SECONDS : null;
  const etaSeconds =
    ratePerSecond === null || paused || processing === 0 ? null : Math.ceil(processing / ratePerSecond);
  return { ratePerSecond, etaSeconds };
}

const CONTROL = /\p{Cc}/u;

/** Problems of a data set's or a file's name, which is shown to people and stored as given. */
export function nameProblems(name: string, path: string, longest: number): InputProblem[] {
  if (name.trim() === "") return [{ path, message: "Give it a name." }];
  if (name.length > longest) return [{ path, message: `The name is longer than ${longest} characters.` }];
  if (CONTROL.test(name)) return [{ path, message: "The name holds control characters." }];
  return [];
}

export function descriptionProblems(description: string | null | undefined): InputProblem[] {
  return (description?.length ?? 0) > 2000
    ? [{ path: "description", message: "The description is longer than 2000 characters." }]
    : [];
}

export function indexingProblems(settings: IndexingSettings): InputProblem[] {
  const problems: InputProblem[] = [];
  if (settings.chunkTokens < CHUNK_TOKENS.min || settings.chunkTokens > CHUNK_TOKENS.max)
    problems.push({
      path: "indexing.chunkTokens",
      message: `Must be from ${CHUNK_TOKENS.min} to ${CHUNK_TOKENS.max} tokens.`,
    });
  if (settings.overlapTokens < 0 || settings.overlapTokens > settings.chunkTokens / 2)
    problems.push({ path: "indexing.overlapTokens", message: "Must be from 0 to half of chunkTokens." });
  return problems;
}
