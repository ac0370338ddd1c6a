import type { ElementType } from "../elements.js";

/** Where a part of a chunk stands on a page, in fractions (0..1) of the page, origin at the top left. */
export interface ChunkBox {
  page: number;
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** A passage of a document as it is embedded, searched and cited. */
export interface Chunk {
  /** 0-based, in reading order. */
  position: number;
  text: string;
  /** The type of most of its text; `Title` only when it holds nothing but headings. */
  elementType: ElementType;
  /** Headings above all of the chunk, outermost first. */
  headingPath: string[];
  /** 1-based, ascending; empty in formats without pages. */
  pages: number[];
  boxes: ChunkBox[];
  /** As the embedder's tokenizer counts the text. */
  tokens: number;
  /** Tables only: its rows, header included. */
  html?: string;
}

export interface ChunkingSizes {
  /** Tokens a chunk should have. */
  target: number;
  /** Tokens repeated from the chunk before, in whole sentences, where a section is cut. */
  overlap: number;
  /** Tokens no chunk exceeds; below the embedder's own limit. */
  max: number;
}

export const DEFAULT_SIZES: ChunkingSizes = { target: 400, overlap: 50, max: 480 };

export interface ChunkingDependencies {
  /** Tokens of each text, in order, by the embedder's tokenizer. */
  countTokens(texts: string[], options: { signal?: AbortSignal }): Promise<number[]>;
  /** Cosine similarity of each text to the next one (one fewer than texts). Absent: structure alone decides. */
  similarity?: (texts: string[], options: { signal?: AbortSignal }) => Promise<number[]>;
}

export interface ChunkingOptions {
  sizes?: ChunkingSizes;
  signal?: AbortSignal;
}
