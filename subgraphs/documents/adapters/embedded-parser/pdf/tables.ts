import { findAlignedTables } from "./aligned-tables.js";
import { findBandedTables } from "./banded-tables.js";
import type { PageContent, TextPiece } from "./page-content.js";
import type { PageTable } from "./page-table.js";
import { ruledTable } from "./ruled-tables.js";
import { asColumnRules, asRules, connectRules, mergeRules, type Rule } from "./rules.js";
import { type Segment, toSegments } from "./segments.js";

/** Merging and crossing rules costs their product; beyond this a page is a drawing. */
const MOST_RULES = 2_000;

/**
 * The tables of a page and the text outside them. Grids of rules are read first, cell by cell from the pieces of text; then rules
 * on one axis; then whitespace alone.
 */
export function findTables(page: PageContent): { tables: PageTable[]; rest: Segment[] } {
  const merged = {
    horizontal: mergeRules(asRules(page.horizontal)),
    vertical: mergeRules(asColumnRules(page.vertical)),
  };
  const isDrawing = merged.horizontal.length + merged.vertical.length > MOST_RULES;
  const { horizontal, vertical } = isDrawing ? { horizontal: [], vertical: [] } : merged;
  const tables: PageTable[] = [];
  const used = new Set<Rule>();
  let pieces: readonly TextPiece[] = page.pieces;
  // the smallest first: a frame around a table would take its text
  const nets = connectRules(horizontal, vertical).sort(
    (a, b) => a.horizontal.length + a.vertical.length - b.horizontal.length - b.vertical.length,
  );
  for (const net of nets) {
    const found = ruledTable(net, pieces);
    if (!found) continue;
    tables.push(found.table);
    pieces = pieces.filter((piece) => !found.taken.has(piece));
    for (const rule of [...net.horizontal, ...net.vertical]) used.add(rule);
  }
  const unused = (rule: Rule): boolean => !used.has(rule);
  const banded = findBandedTables(horizontal.filter(unused), vertical.filter(unused), toSegments(pieces));
  const aligned = findAlignedTables(banded.rest, page.width);
  return { tables: [...tables, ...banded.tables, ...aligned.tables], rest: aligned.rest };
}
