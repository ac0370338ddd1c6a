import { createHash } from "node:crypto";
import type { Chunk } from "./chunking/chunk.js";

/** What an editor decided about one chunk. It hangs on the chunk's own text, not on its id: ids change with every generation. */
export interface ChunkEdit {
  /** Of the text as it was cut, see `anchorOf`. */
  readonly anchor: string;
  /** Which of several chunks with the same text, from 0. */
  readonly occurrence: number;
  readonly originalText: string;
  /** null: the text stays. */
  readonly correctedText: string | null;
  readonly disabled: boolean;
  readonly editedBy: string;
  readonly editedAt: Date;
}

/** A chunk as it was cut, with what was decided about it. */
export interface EditedChunk<C extends Chunk = Chunk> {
  readonly chunk: C;
  readonly anchor: string;
  readonly occurrence: number;
  readonly edit: ChunkEdit | undefined;
}

/** SHA-256 of the text with every run of white space as one blank: another line break is no other text. */
export const anchorOf = (text: string): string =>
  createHash("sha256").update(text.normalize("NFC").replace(/\s+/g, " ").trim()).digest("hex");

const keyOf = ({ anchor, occurrence }: { anchor: string; occurrence: number }): string => `${anchor}:${occurrence}`;

/** Chunks with their edits, and the edits whose text no longer stands in the document. */
export function matchEdits<C extends Chunk>(
  chunks: readonly C[],
  edits: readonly ChunkEdit[],
): { chunks: EditedChunk<C>[]; lapsed: ChunkEdit[] } {
  const open = new Map(edits.map((edit) => [keyOf(edit), edit]));
  const seen = new Map<string, number>();
  const matched = chunks.map((chunk) => {
    const anchor = anchorOf(chunk.text);
    const occurrence = seen.get(anchor) ?? 0;
    seen.set(anchor, occurrence + 1);
    const key = keyOf({ anchor, occurrence });
    const edit = open.get(key);
    open.delete(key);
    return { chunk, anchor, occurrence, edit };
  });
  return { chunks: matched, lapsed: [...open.values()] };
}

/** The chunk as it is indexed; undefined when it is disabled. A corrected table is its corrected text, without the old cells. */
export function indexedChunk<C extends Chunk>({ chunk, edit }: EditedChunk<C>, tokens: number): C | undefined {
  if (!edit) return chunk;
  if (edit.disabled) return undefined;
  if (edit.correctedText === null) return chunk;
  const { html: _, ...rest } = chunk;
  return { ...rest, text: edit.correctedText, tokens } as C;
}
