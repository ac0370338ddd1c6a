import { headingByWording, isListItem } from "../headings.js";
import { type Box, median, union } from "./geometry.js";
import { joinLines, type Segment } from "./segments.js";

/** Lines of one paragraph, heading or list item. */
export interface TextBlock extends Box {
  text: string;
  /** Font size of its first line, in points. */
  height: number;
  bold: boolean;
  listItem: boolean;
  lineCount: number;
}

interface Line extends Box {
  text: string;
  baseline: number;
  height: number;
  bold: boolean;
}

/** What a line of a bold heading and one of running text differ in at least, in points. */
const OTHER_SIZE = 1.2;

function lineOf(segments: readonly Segment[], baseline: number): Line {
  const boldCharacters = segments.reduce((sum, segment) => sum + (segment.bold ? segment.text.length : 0), 0);
  const text = segments.map((segment) => segment.text).join(" ");
  return {
    ...union(segments),
    text,
    baseline,
    height: Math.max(...segments.map((segment) => segment.height)),
    bold: boldCharacters > text.length * 0.6,
  };
}

/** Segments of a reading group to lines; small marks beside a line belong to it. */
function toTextLines(segments: readonly Segment[]): Line[] {
  const groups: { segments: Segment[]; baseline: number; box: Box; height: number }[] = [];
  for (const segment of segments) {
    const group = groups.at(-1);
    const sameBaseline =
      group && Math.abs(group.baseline - segment.baseline) < Math.min(group.height, segment.height) * 0.6;
    const mark = group && segment.height < group.height * 0.8 && segment.y0 < group.box.y1 && segment.y1 > group.box.y0;
    if (group && (sameBaseline || mark)) {
      group.segments.push(segment);
      group.box = union([group.box, segment]);
      group.height = Math.max(group.height, segment.height);
    } else groups.push({ segments: [segment], baseline: segment.baseline, box: segment, height: segment.height });
  }
  return groups.map((group) =>
    lineOf(
      group.segments.sort((a, b) => a.x0 - b.x0),
      group.baseline,
    ),
  );
}

interface Column {
  left: number;
  right: number;
  /** The usual white between two lines of a paragraph, in points. */
  leading: number;
}

function startsParagraph(line: Line, paragraph: readonly Line[], column: Column): boolean {
  const first = paragraph[0] ?? line;
  const above = paragraph.at(-1) ?? line;
  const gap = line.y0 - above.y1;
  if (gap > Math.max(column.leading + line.height * 0.35, line.height * 0.4)) return true;
  if (Math.abs(line.height - above.height) > OTHER_SIZE) return true;
  if (isListItem(line.text) || headingByWording(line.text)) return true;
  // an item may begin in bold and go on plain, as long as it stays under its own text
  const hangsUnderItem = isListItem(first.text) && line.x0 > first.x0 + line.height * 0.3;
  if (hangsUnderItem) return false;
  if (line.bold !== first.bold) return true;
  if (isListItem(first.text)) return line.x0 < first.x0 - line.height * 0.3;
  const indented =
    line.x0 > column.left + line.height * 0.9 && above.x0 < column.left + line.height * 0.5 && line.x1 > above.x0;
  const endedShort =
    above.x1 < column.right - (column.right - column.left) * 0.25 &&
    line.x0 <= column.left + 2 &&
    /[.!?:。다]$/.test(above.text);
  return indented || endedShort;
}

/** The text of one reading group, from the top, as paragraphs. */
export function toParagraphs(segments: readonly Segment[]): TextBlock[] {
  const lines = toTextLines(segments);
  const [firstLine] = lines;
  if (!firstLine) return [];
  const gaps = lines.slice(1).map((line, i) => line.y0 - (lines[i]?.y1 ?? line.y0));
  const column: Column = {
    left: Math.min(...lines.map((line) => line.x0)),
    right: Math.max(...lines.map((line) => line.x1)),
    leading: median(gaps.filter((gap) => gap < firstLine.height * 1.5)),
  };
  const paragraphs: Line[][] = [];
  for (const line of lines) {
    const current = paragraphs.at(-1);
    if (current && !startsParagraph(line, current, column)) current.push(line);
    else paragraphs.push([line]);
  }
  return paragraphs.map((paragraph) => {
    const first = paragraph[0] ?? firstLine;
    return {
      ...union(paragraph),
      text: joinLines(paragraph.map((line) => line.text)),
      height: first.height,
      bold: first.bold,
      listItem: isListItem(first.text),
      lineCount: paragraph.length,
    };
  });
}
