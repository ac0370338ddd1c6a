import { type Box, median, union } from "./geometry.js";
import type { TextPiece } from "./page-content.js";

/** Neighbouring pieces of one line, up to a gap as wide as a character: a line of prose, or one cell of an aligned row. */
export interface Segment extends Box {
  text: string;
  baseline: number;
  height: number;
  bold: boolean;
}

interface Row {
  baseline: number;
  height: number;
  pieces: TextPiece[];
}

/** Gaps in font sizes: from the first on a space stands between two pieces, from the second on they belong to different segments. */
const SPACE_GAP = 0.16;
const SEGMENT_GAP = 1;

/** Whether a small piece (a footnote mark, an index) stands beside or upon a bigger one of the row. */
function isScriptOf(row: Row, piece: TextPiece): boolean {
  if (row.height <= piece.height * 1.25 || piece.y0 >= row.baseline || piece.y1 <= row.baseline - row.height)
    return false;
  return row.pieces.some(
    (other) => piece.x0 - other.x1 < piece.height * 0.5 && other.x0 - piece.x1 < piece.height * 0.5,
  );
}

function groupRows(pieces: readonly TextPiece[]): Row[] {
  const usual = median(pieces.map((piece) => piece.height));
  const isSmall = (piece: TextPiece): number => (piece.height > usual * 0.78 ? 0 : 1);
  const rows: Row[] = [];
  // small pieces last, so that the rows they may belong to exist
  for (const piece of [...pieces].sort((a, b) => isSmall(a) - isSmall(b) || a.baseline - b.baseline)) {
    let row = rows.findLast(
      (candidate) => Math.abs(candidate.baseline - piece.baseline) < Math.min(candidate.height, piece.height) * 0.45,
    );
    if (!row || piece.height < row.height * 0.8)
      row = rows.findLast((candidate) => isScriptOf(candidate, piece)) ?? row;
    if (row) {
      row.pieces.push(piece);
      row.height = Math.max(row.height, piece.height);
    } else rows.push({ baseline: piece.baseline, height: piece.height, pieces: [piece] });
  }
  return rows.sort((a, b) => a.baseline - b.baseline);
}

function joinPieces(row: Row, pieces: readonly TextPiece[]): Segment {
  let text = "";
  let previous: TextPiece | undefined;
  let bold = 0;
  for (const piece of pieces) {
    const gap = previous ? piece.x0 - previous.x1 : 0;
    if (gap > Math.max(piece.height, 4) * SPACE_GAP && !text.endsWith(" ") && !piece.text.startsWith(" ")) text += " ";
    text += piece.text;
    if (piece.bold) bold += piece.text.length;
    previous = piece;
  }
  return {
    ...union(pieces),
    text: text.replace(/\s+/g, " ").trim(),
    baseline: row.baseline,
    height: Math.max(...pieces.map((piece) => piece.height)),
    bold: bold > text.length * 0.6,
  };
}

/** Pieces of text to segments, row by row from the top, in a row from the left. */
export function toSegments(pieces: readonly TextPiece[]): Segment[] {
  const segments: Segment[] = [];
  for (const row of groupRows(pieces)) {
    row.pieces.sort((a, b) => a.x0 - b.x0);
    let run: TextPiece[] = [];
    let end = 0;
    for (const piece of row.pieces) {
      const size = Math.max(piece.height, 4);
      const gap = piece.x0 - end;
      if (run.length > 0 && !(gap < size * SEGMENT_GAP && gap > -size * 3)) {
        segments.push(joinPieces(row, run));
        run = [];
      }
      end = run.length > 0 ? Math.max(end, piece.x1) : piece.x1;
      run.push(piece);
    }
    if (run.length > 0) segments.push(joinPieces(row, run));
  }
  return segments.filter((segment) => segment.text !== "");
}

/** Segments that share a baseline, from the top; in a line from the left. */
export function toLines(segments: readonly Segment[]): Segment[][] {
  const lines: Segment[][] = [];
  for (const segment of [...segments].sort((a, b) => a.baseline - b.baseline || a.x0 - b.x0)) {
    const line = lines.at(-1);
    const [first] = line ?? [];
    if (line && first && Math.abs(first.baseline - segment.baseline) < Math.min(first.height, segment.height) * 0.45)
      line.push(segment);
    else lines.push([segment]);
  }
  return lines.map((line) => line.sort((a, b) => a.x0 - b.x0));
}

/** Joins the lines of a paragraph: a hyphen at the end of a Latin line goes. */
export function joinLines(texts: readonly string[]): string {
  return texts.reduce((joined, text) => {
    if (joined === "") return text;
    return /[A-Za-z]-$/.test(joined) && /^[a-z]/.test(text) ? joined.slice(0, -1) + text : `${joined} ${text}`;
  }, "");
}
