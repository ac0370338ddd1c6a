import { attribute, childElements, localName, type MarkupElement } from "./markup.js";

export interface ParagraphText {
  text: string;
  /** The page the paragraph's first character stands on. */
  pageNumber: number;
  /** Contents of text boxes anchored in the paragraph, to be read after it. */
  textBoxes: MarkupElement[];
}

/** Left out: properties, tracked deletions and moves away, field codes, and the second copy Word keeps of drawings for old programs. */
const LEFT_OUT = new Set([
  "pPr",
  "rPr",
  "del",
  "moveFrom",
  "instrText",
  "delText",
  "Fallback",
  "pict",
  "annotationRef",
  "footnoteRef",
  "endnoteRef",
]);

/** Reads paragraphs in order and counts pages along the way. */
export class ParagraphReader {
  page = 1;
  /** A hard break is often followed by Word's own record of the same page turn. */
  #justBroken = false;

  read(paragraph: MarkupElement): ParagraphText {
    let text = "";
    let pageNumber = this.page;
    const textBoxes: MarkupElement[] = [];
    const turnPage = (stored: boolean): void => {
      if (!(stored && this.#justBroken)) this.page++;
      this.#justBroken = !stored;
      if (text.trim() === "") pageNumber = this.page;
    };
    const visit = (parent: MarkupElement): void => {
      for (const child of childElements(parent)) {
        const name = localName(child);
        if (name === "t") {
          const run = child.children.map((node) => ("data" in node ? node.data : "")).join("");
          if (run.trim() !== "") this.#justBroken = false;
          text += run;
        } else if (name === "tab") text += "\t";
        else if (name === "noBreakHyphen") text += "-";
        else if (name === "lastRenderedPageBreak") turnPage(true);
        else if (name === "br" || name === "cr") {
          if (attribute(child, "type") === "page") turnPage(false);
          else text += "\n";
        } else if (name === "txbxContent") textBoxes.push(child);
        else if (!LEFT_OUT.has(name)) visit(child);
        else if (name === "pict") this.#legacyTextBoxes(child, textBoxes);
      }
    };
    visit(paragraph);
    return { text: text.replace(/[ \t\u00a0]+/g, " ").trim(), pageNumber, textBoxes };
  }

  #legacyTextBoxes(picture: MarkupElement, found: MarkupElement[]): void {
    for (const child of childElements(picture)) {
      if (localName(child) === "txbxContent") found.push(child);
      else this.#legacyTextBoxes(child, found);
    }
  }
}
