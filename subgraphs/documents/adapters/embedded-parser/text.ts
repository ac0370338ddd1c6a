import { headingByWording, isListItem } from "./headings.js";
import type { ElementDraft, ParsedDocument } from "./parsed-document.js";

const SENTENCE_END = /[.!?:;,。…"”)\]]$/;

/** A line in capitals standing alone reads as a heading in plain text, where nothing else can mark one. */
function isCapitalHeading(line: string): boolean {
  const letters = line.match(/\p{L}/gu)?.join("") ?? "";
  return (
    line.length < 80 &&
    letters.length > 3 &&
    letters === letters.toUpperCase() &&
    letters !== letters.toLowerCase() &&
    !SENTENCE_END.test(line)
  );
}

class TextReader {
  readonly elements: ElementDraft[] = [];
  readonly #page: { pageNumber?: number };
  #lines: string[] = [];
  #type: "NarrativeText" | "ListItem" = "NarrativeText";

  constructor(page: { pageNumber?: number }) {
    this.#page = page;
  }

  #add(element: ElementDraft): void {
    this.elements.push({ ...element, ...this.#page });
  }

  heading(level: number, text: string): void {
    this.flush();
    this.#add({ type: "Title", headingLevel: Math.min(6, level), text });
  }

  line(line: string): void {
    this.#lines.push(line);
  }

  item(line: string): void {
    this.flush();
    this.#type = "ListItem";
    this.#lines.push(line);
  }

  flush(): void {
    const text = this.#lines.join(" ").replace(/\s+/g, " ").trim();
    if (text !== "") this.#add({ type: this.#type, text });
    this.#lines = [];
    this.#type = "NarrativeText";
  }
}

function readBlock(lines: readonly string[], reader: TextReader): void {
  const [first, second] = lines;
  if (lines.length === 2 && first && /^(=+|-{3,})$/.test(second ?? "") && first.length < 100) {
    reader.heading(second?.startsWith("=") ? 1 : 2, first);
    return;
  }
  if (lines.length === 1 && first && isCapitalHeading(first)) {
    reader.heading(1, first);
    return;
  }
  for (const line of lines) {
    const heading = headingByWording(line);
    if (heading) {
      reader.heading(heading.level, heading.heading);
      if (heading.rest) reader.line(heading.rest);
    } else if (isListItem(line)) reader.item(line);
    else reader.line(line);
  }
  reader.flush();
}

/** Paragraphs are parted by blank lines; form feeds part pages. */
export function parseText(text: string): ParsedDocument {
  const pages = text.replace(/\r\n?/g, "\n").split("\f");
  const elements: ElementDraft[] = [];
  for (const [index, page] of pages.entries()) {
    const reader = new TextReader(pages.length > 1 ? { pageNumber: index + 1 } : {});
    let block: string[] = [];
    for (const raw of page.split("\n")) {
      const line = raw.trim();
      if (line !== "") block.push(line);
      else if (block.length > 0) {
        readBlock(block, reader);
        block = [];
      }
    }
    if (block.length > 0) readBlock(block, reader);
    for (const element of reader.elements) elements.push(element);
  }
  return { elements, warnings: [], ...(pages.length > 1 ? { pageCount: pages.length } : {}) };
}
