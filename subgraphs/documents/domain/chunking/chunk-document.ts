import type { Element } from "../elements.js";
import { type Block, readBlocks, type Unit } from "./blocks.js";
import {
  type Chunk,
  type ChunkBox,
  type ChunkingDependencies,
  type ChunkingOptions,
  type ChunkingSizes,
  DEFAULT_SIZES,
} from "./chunk.js";
import { cutToFit } from "./long-text.js";
import { type MeasuredUnit, partition, startsSection, type UnitRange } from "./partition.js";
import { tableParts } from "./table-chunks.js";

type Draft = Omit<Chunk, "position" | "tokens">;
type CountTokens = (texts: string[]) => Promise<number[]>;

const COUNT_BATCH = 512;

/**
 * Cuts a document's (masked) elements into chunks.
 *
 * Prose is cut at sentence boundaries into chunks of about `sizes.target` tokens, first at headings and paragraphs, and
 * where adjacent sentences part in meaning; a heading stays with what follows it; a chunk that begins inside a section
 * repeats the last sentences before it. A table is one chunk, or runs of its rows with the header repeated; an image's
 * text is a chunk of its own. Page headers and footers are left out. The same input gives the same chunks.
 *
 * Rejects with whatever the dependencies reject with, or the signal's reason.
 */
export async function chunkDocument(
  elements: readonly Element[],
  dependencies: ChunkingDependencies,
  options: ChunkingOptions = {},
): Promise<Chunk[]> {
  const sizes = options.sizes ?? DEFAULT_SIZES;
  const forward = options.signal ? { signal: options.signal } : {};
  const countTokens = batched((texts) => dependencies.countTokens(texts, forward), options.signal);
  const similarity = dependencies.similarity;
  const drafts: Draft[] = [];
  for (const block of readBlocks(elements)) {
    options.signal?.throwIfAborted();
    if (block.kind === "table") drafts.push(...(await draftTable(block, sizes, countTokens)));
    else {
      const units = await measure(block.units, sizes, countTokens);
      const closeness = similarity ? await closenessOf(units, sizes, (texts) => similarity(texts, forward)) : [];
      drafts.push(...partition(units, sizes, closeness).map((range) => draftProse(units, range, block, sizes)));
    }
  }
  const tokens = await countTokens(drafts.map(({ text }) => text));
  return drafts.map((draft, position) => ({ position, ...draft, tokens: tokens[position] ?? 0 }));
}

function batched(count: CountTokens, signal: AbortSignal | undefined): CountTokens {
  return async (texts) => {
    const counts: number[] = [];
    for (let from = 0; from < texts.length; from += COUNT_BATCH) {
      signal?.throwIfAborted();
      counts.push(...(await count(texts.slice(from, from + COUNT_BATCH))));
    }
    if (counts.length !== texts.length)
      throw new RangeError(`${texts.length} texts gave ${counts.length} token counts`);
    return counts;
  };
}

/** Units with their token counts; one too long for a chunk becomes several. */
async function measure(
  units: readonly Unit[],
  sizes: ChunkingSizes,
  countTokens: CountTokens,
): Promise<MeasuredUnit[]> {
  const limit = sizes.max - sizes.overlap;
  const texts = units.map(({ text }) => text);
  return (await cutToFit(texts, limit, sizes.target, countTokens)).map(({ text, tokens, source, piece, glued }) => {
    const unit = units[source] as Unit;
    if (piece === 0) return { ...unit, text, tokens, kind: text === unit.text ? unit.kind : "sentence" };
    return { ...unit, text, tokens, kind: "sentence", joiner: glued ? "" : " ", startsElement: false };
  });
}

/**
 * How close each unit is to the one before it, 0 to 1 within its block. Asked for only where a section must be cut:
 * elsewhere the headings decide, and embedding every sentence is not free.
 */
async function closenessOf(
  units: readonly MeasuredUnit[],
  sizes: ChunkingSizes,
  similarity: (texts: string[]) => Promise<number[]>,
): Promise<number[]> {
  const closeness: number[] = [];
  for (let from = 0; from < units.length; ) {
    let to = from + 1;
    while (to < units.length && !startsSection(units, to)) to++;
    const section = units.slice(from, to);
    if (section.length > 2 && section.reduce((sum, { tokens }) => sum + tokens, 0) > sizes.max) {
      const similarities = await similarity(section.map(({ text }) => text));
      const lowest = Math.min(...similarities);
      const spread = Math.max(...similarities) - lowest;
      for (const [index, value] of similarities.entries()) {
        closeness[from + index + 1] = spread > 0 ? (value - lowest) / spread : 0.5;
      }
    }
    from = to;
  }
  return closeness;
}

function draftProse(units: readonly MeasuredUnit[], range: UnitRange, block: Block, sizes: ChunkingSizes): Draft {
  const from = range.from - overlapUnits(units, range.from, sizes.overlap);
  const own = units.slice(range.from, range.to);
  const text = joinUnits(units.slice(from, range.to));
  return {
    text,
    elementType: block.kind === "image" ? "Image" : mainType(own),
    headingPath: sharedPath(own),
    ...placeOf(units.slice(from, range.to).map(({ element }) => element)),
  };
}

/** How many whole sentences before `at`, in the same section, fit in the overlap. */
function overlapUnits(units: readonly MeasuredUnit[], at: number, overlap: number): number {
  if (startsSection(units, at)) return 0;
  let count = 0;
  let tokens = 0;
  for (let before = at - 1; before >= 0; before--) {
    const unit = units[before] as MeasuredUnit;
    tokens += unit.tokens;
    if (tokens > overlap || unit.kind === "heading" || unit.section !== units[at]?.section) break;
    count++;
  }
  return count;
}

function joinUnits(units: readonly Unit[]): string {
  return units.map(({ text, joiner }, index) => (index === 0 ? text : joiner + text)).join("");
}

async function draftTable(
  block: Extract<Block, { kind: "table" }>,
  sizes: ChunkingSizes,
  countTokens: CountTokens,
): Promise<Draft[]> {
  const { lead, element, headingPath } = block;
  const measured = await measure(lead, sizes, countTokens);
  // A lead that would leave the table no room stands alone.
  const apart = measured.reduce((sum, { tokens }) => sum + tokens, 0) > sizes.max / 2;
  const before = apart ? partition(measured, sizes, []).map((range) => draftProse(measured, range, block, sizes)) : [];
  const parts = await tableParts(element, apart ? "" : joinUnits(lead), sizes, countTokens);
  const tables = parts.map(
    (part, index): Draft => ({
      ...part,
      elementType: "Table",
      headingPath: [...headingPath],
      ...placeOf(index === 0 && !apart ? [...lead.map((unit) => unit.element), element] : [element]),
    }),
  );
  return [...before, ...tables];
}

function placeOf(elements: readonly Element[]): { pages: number[]; boxes: ChunkBox[] } {
  const distinct = [...new Set(elements)];
  const pages = [...new Set(distinct.flatMap(({ pageNumber }) => pageNumber ?? []))].sort((a, b) => a - b);
  const boxes = distinct.flatMap(({ pageNumber, bbox }) => {
    if (pageNumber === undefined || bbox === undefined) return [];
    const [x0, y0, x1, y1] = bbox;
    return [{ page: pageNumber, x0, y0, x1, y1 }];
  });
  return { pages, boxes };
}

function mainType(units: readonly MeasuredUnit[]): Chunk["elementType"] {
  const tokens = new Map<Chunk["elementType"], number>();
  for (const unit of units) {
    if (unit.element.type === "Title") continue;
    tokens.set(unit.element.type, (tokens.get(unit.element.type) ?? 0) + unit.tokens);
  }
  return [...tokens].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "Title";
}

/** The headings above all of the text; a heading itself counts only where there is nothing else. */
function sharedPath(units: readonly Unit[]): string[] {
  const body = units.filter(({ kind }) => kind !== "heading");
  const [first = [], ...others] = (body.length > 0 ? body : units).map(({ headingPath }) => headingPath);
  const length = first.findIndex((heading, depth) => others.some((path) => path[depth] !== heading));
  return length < 0 ? [...first] : first.slice(0, length);
}
