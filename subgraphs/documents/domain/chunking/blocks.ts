import { sentenceSpans } from "../../../../platform/language/sentences.js";
import type { Element } from "../elements.js";

/** The smallest piece that chunks are made of: a heading or a sentence. */
export interface Unit {
  text: string;
  element: Element;
  kind: "heading" | "sentence";
  /** What stands between this unit and the one before it when both are in one chunk. */
  joiner: "\n" | " " | "";
  /** First unit of its element. */
  startsElement: boolean;
  /** Number of the section it belongs to, and how deep that section's heading is (0: above the first heading). */
  section: number;
  depth: number;
  headingPath: readonly string[];
}

/** A stretch of the document that is chunked as a whole. */
export type Block =
  | { kind: "prose"; units: Unit[] }
  | { kind: "image"; units: Unit[] }
  | { kind: "table"; lead: Unit[]; element: Element; headingPath: readonly string[] };

interface Heading {
  id: string;
  level: number;
  text: string;
}

/** Repeated on every page and part of no statement. */
const OUTSIDE_THE_TEXT = new Set(["Header", "Footer", "PageBreak"]);
/** Characters of a section that only introduces what follows it. */
const LEAD_LENGTH = 120;

/**
 * The blocks of a document in reading order. Headers, footers and page breaks are left out: they repeat on every page
 * and would match every question. Headings and a short remark right above a table or an image go into its block.
 */
export function readBlocks(elements: readonly Element[]): Block[] {
  const blocks: Block[] = [];
  const stack: Heading[] = [];
  let section = 0;
  let prose: Unit[] = [];
  let afterHeading = false;
  const close = () => {
    if (prose.length > 0) blocks.push({ kind: "prose", units: prose });
    prose = [];
  };
  for (const element of elements) {
    if (OUTSIDE_THE_TEXT.has(element.type)) continue;
    const isTable = element.type === "Table";
    if (element.text.trim() === "" && !(isTable && element.html)) continue;
    if (element.type === "Title") {
      enter(stack, element);
      // A heading right under a heading opens no new section: both lead the same text.
      if (!afterHeading) section++;
    }
    const place = { section, depth: stack.length, headingPath: stack.map(({ text }) => text) };
    if (!isTable && element.type !== "Image") {
      prose.push(...unitsOf(element, place));
      afterHeading = element.type === "Title";
      continue;
    }
    const lead = takeLead(prose, section);
    close();
    if (isTable) blocks.push({ kind: "table", lead, element, headingPath: place.headingPath });
    else blocks.push({ kind: "image", units: [...lead, ...unitsOf(element, place)] });
    afterHeading = false;
  }
  close();
  return blocks;
}

function enter(stack: Heading[], { id, parentId, headingLevel, text }: Element): void {
  const parent = stack.find((heading) => heading.id === parentId);
  const level = headingLevel ?? (parent ? parent.level + 1 : 1);
  while (stack.length > 0 && (stack.at(-1) as Heading).level >= level) stack.pop();
  stack.push({ id, level, text: text.trim().replace(/\s+/g, " ") });
}

function unitsOf(element: Element, place: Pick<Unit, "section" | "depth" | "headingPath">): Unit[] {
  if (element.type === "Title") {
    const text = element.text.trim();
    return [{ ...place, text, element, kind: "heading", joiner: "\n", startsElement: true }];
  }
  let previousEnd = 0;
  return sentenceSpans(element.text).map(({ start, end }, index) => {
    const gap = element.text.slice(previousEnd, start);
    previousEnd = end;
    const joiner = index === 0 || gap.includes("\n") ? "\n" : gap === "" ? "" : " ";
    const text = element.text.slice(start, end);
    return { ...place, text, element, kind: "sentence", joiner, startsElement: index === 0 };
  });
}

/**
 * What introduces a table or image, taken off the prose before it: all of its section where that is a heading and a
 * short remark ("… as in the table below"), which would say nothing alone; otherwise the headings right above it.
 */
function takeLead(units: Unit[], section: number): Unit[] {
  let from = units.length;
  while (from > 0 && units[from - 1]?.kind === "heading") from--;
  let start = units.length;
  while (start > 0 && units[start - 1]?.section === section) start--;
  const length = units.slice(start).reduce((sum, { text }) => sum + text.length, 0);
  const isShort = units[start]?.kind === "heading" && length <= LEAD_LENGTH;
  return units.splice(isShort ? start : from);
}
