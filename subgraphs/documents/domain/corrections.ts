import type { Viewer } from "../../../platform/auth/viewer.js";
import type { PiiDetector } from "../../../platform/pii/detector.js";
import { mask } from "../../../platform/pii/mask.js";
import type { ChunkEditStore, DatasetStore, DocumentStore } from "../ports.js";
import { type ChunkEdit, type EditedChunk, matchEdits } from "./chunk-edits.js";
import type { ChunkSource } from "./chunk-source.js";
import { chunkId } from "./chunking/chunk-id.js";
import type { Document } from "./document.js";
import { revise } from "./lifecycle.js";
import { writeRefusal } from "./permission.js";
import { invalid, missing, type Outcome, refused } from "./refusal.js";

/** A chunk of the visible generation as an editor sees it. */
export interface EditableChunk extends EditedChunk {
  readonly id: string;
}

export interface CorrectionDeps {
  readonly documents: DocumentStore;
  readonly datasets: DatasetStore;
  readonly edits: ChunkEditStore;
  readonly source: ChunkSource;
  readonly detector: PiiDetector;
  /** Tokens of a text as the embedder reads it. */
  readonly countTokens: (text: string, signal: AbortSignal) => Promise<number>;
}

export interface CorrectionRequest {
  readonly viewer: Viewer;
  readonly traceId: string;
  readonly signal: AbortSignal;
}

/** Looking at, disabling and correcting chunks. Every change ends as a new generation, so it is seen whole or not at all. */
export interface Corrections {
  chunksOf(document: Document, request: CorrectionRequest): Promise<{ chunks: EditableChunk[]; lapsed: ChunkEdit[] }>;
  setEnabled(
    request: CorrectionRequest,
    documentId: string,
    chunk: string,
    enabled: boolean,
  ): Promise<Outcome<Document>>;
  /** `text` null: the text as it was cut comes back. */
  correct(
    request: CorrectionRequest,
    documentId: string,
    chunk: string,
    text: string | null,
  ): Promise<Outcome<Document>>;
}

/** Characters of a correction; its tokens are counted as well. */
const MAX_CHARACTERS = 8000;
/** A chunk's share above the size its data set aims at, as in chunking. */
const OVERSIZE = 1.2;

export function createCorrections(deps: CorrectionDeps): Corrections {
  async function chunksOf(document: Document, { viewer, signal }: CorrectionRequest) {
    const generation = document.visibleGeneration;
    if (generation === null) return { chunks: [], lapsed: [] };
    const [source, edits] = await Promise.all([
      deps.source.read(document, generation, signal),
      deps.edits.ofDocument(viewer, document.id),
    ]);
    const { chunks, lapsed } = matchEdits(source?.chunks ?? [], edits);
    return {
      chunks: chunks.map((one) => ({ ...one, id: chunkId(document.id, generation, one.chunk.position) })),
      lapsed,
    };
  }

  async function edit(
    request: CorrectionRequest,
    documentId: string,
    chunk: string,
    action: string,
    change: (
      found: EditableChunk,
      document: Document,
    ) => Promise<Outcome<{ correctedText: string | null; disabled: boolean }>>,
  ): Promise<Outcome<Document>> {
    const { viewer, traceId } = request;
    const document = (await deps.documents.byIds(viewer, [documentId])).get(documentId);
    if (!document || document.status === "DELETING") return missing("document", documentId);
    const denied = writeRefusal(viewer, document.department);
    if (denied) return denied;
    const found = (await chunksOf(document, request)).chunks.find((one) => one.id === chunk);
    if (!found) return missing("chunk", chunk);
    const changed = await change(found, document);
    if (changed.refusal) return changed;
    const { anchor, occurrence } = found;
    return deps.edits.apply(
      viewer,
      documentId,
      { anchor, occurrence, originalText: found.chunk.text, ...changed.value },
      (now) => writeRefusal(viewer, now.department) ?? revise(now),
      { action, traceId },
    );
  }

  /** The text with personal data treated as the data set asks, or why it cannot be. */
  async function treated(
    text: string,
    document: Document,
    { viewer, signal }: CorrectionRequest,
  ): Promise<Outcome<string>> {
    const dataset = (await deps.datasets.byIds(viewer, [document.datasetId])).get(document.datasetId);
    if (!dataset) return missing("data set", document.datasetId);
    const findings = dataset.piiPolicy === "KEEP" ? [] : await deps.detector.detect(text, { signal });
    if (findings.length > 0 && dataset.piiPolicy !== "MASK")
      return invalid("text", "The text holds personal data, which the data set does not take.", "PERSONAL_DATA");
    const value = mask(text, findings).text;
    const limit = Math.ceil(dataset.indexing.chunkTokens * OVERSIZE);
    const tokens = await deps.countTokens(value, signal);
    if (tokens > limit)
      return invalid("text", `The text has ${tokens} tokens, a chunk at most ${limit}.`, "TEXT_TOO_LONG");
    return { value };
  }

  return {
    chunksOf,

    setEnabled: (request, documentId, chunk, enabled) =>
      edit(request, documentId, chunk, enabled ? "chunk.enable" : "chunk.disable", async (found) => ({
        value: { correctedText: found.edit?.correctedText ?? null, disabled: !enabled },
      })),

    async correct(request, documentId, chunk, text) {
      const wanted = text?.normalize("NFC").trim() ?? null;
      if (wanted === "") return invalid("text", "The text is empty. Disable the chunk instead.");
      if ((wanted?.length ?? 0) > MAX_CHARACTERS)
        return refused({ kind: "QUOTA", message: "The text is too long for a chunk.", limit: MAX_CHARACTERS });
      return edit(request, documentId, chunk, "chunk.correct", async (found, document) => {
        const disabled = found.edit?.disabled ?? false;
        if (wanted === null || wanted === found.chunk.text) return { value: { correctedText: null, disabled } };
        const kept = await treated(wanted, document, request);
        return kept.refusal ? kept : { value: { correctedText: kept.value, disabled } };
      });
    },
  };
}
