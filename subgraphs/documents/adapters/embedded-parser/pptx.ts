import type { BoundingBox } from "../../domain/elements.js";
import { isListItem } from "./headings.js";
import type { ParserLimits } from "./limits.js";
import {
  attribute,
  characterData,
  childElement,
  childElements,
  descendants,
  localName,
  type MarkupElement,
} from "./markup.js";
import { countOf, OpenPackage } from "./open-package.js";
import type { ElementDraft, ParsedDocument } from "./parsed-document.js";
import { placeholderBoxes, type Shape, shapesOf } from "./pptx-shapes.js";
import { type TableCell, tableElement } from "./table.js";

const PRESENTATION = "ppt/presentation.xml";
/** 10 by 7.5 inches in English Metric Units, the size of slides that do not say theirs. */
const DEFAULT_SIZE = { width: 9_144_000, height: 6_858_000 };
const TITLE = /^(ctrTitle|title)$/;
/** Shapes whose tops differ by less than this share of the slide stand in one row. */
const SAME_ROW = 0.03;

function paragraphText(paragraph: MarkupElement): string {
  const read = (parent: MarkupElement): string =>
    childElements(parent)
      .map((child) => {
        const name = localName(child);
        if (name === "t") return characterData(child).replaceAll("\v", "\n");
        if (name === "br") return "\n";
        return name === "pPr" || name === "rPr" ? "" : read(child);
      })
      .join("");
  return read(paragraph)
    .replace(/[ \t\u00a0]+/g, " ")
    .trim();
}

const paragraphs = (body: MarkupElement | undefined): MarkupElement[] => childElements(body, "p");

function tableRows(table: MarkupElement, limits: ParserLimits): TableCell[][] {
  const headed = attribute(childElement(table, "tblPr"), "firstRow") === "1";
  return childElements(table, "tr").map((row, index) =>
    childElements(row, "tc")
      // cells that another's span covers are written out, marked
      .filter((cell) => attribute(cell, "hMerge") !== "1" && attribute(cell, "vMerge") !== "1")
      .map((cell) => ({
        text: paragraphs(childElement(cell, "txBody")).map(paragraphText).filter(Boolean).join("\n"),
        colSpan: countOf(attribute(cell, "gridSpan"), limits.cellSpan),
        rowSpan: countOf(attribute(cell, "rowSpan"), limits.cellSpan),
        header: headed && index === 0,
      })),
  );
}

/** Titles first, then as a reader goes over the slide: rows from the top, in a row from the left. */
function inReadingOrder(shapes: readonly Shape[]): Shape[] {
  const rank = (shape: Shape): number =>
    TITLE.test(shape.placeholder ?? "") ? 0 : shape.placeholder === "subTitle" ? 1 : 2;
  const row = (shape: Shape): number => Math.round((shape.bbox?.[1] ?? 0) / SAME_ROW);
  return shapes.toSorted((a, b) => rank(a) - rank(b) || row(a) - row(b) || (a.bbox?.[0] ?? 0) - (b.bbox?.[0] ?? 0));
}

function textElements(shape: Shape): ElementDraft[] {
  const { placeholder, element } = shape;
  const texts = paragraphs(childElement(element, "txBody")).map((paragraph) => ({
    text: paragraphText(paragraph),
    properties: childElement(paragraph, "pPr"),
  }));
  const filled = texts.filter(({ text }) => text !== "");
  if (filled.length === 0) return [];
  const whole = filled
    .map(({ text }) => text)
    .join(" ")
    .replace(/\s+/g, " ");
  if (TITLE.test(placeholder ?? "")) return [{ type: "Title", headingLevel: 1, text: whole }];
  if (placeholder === "subTitle") return [{ type: "Title", headingLevel: 2, text: whole }];
  if (placeholder === "ftr") return [{ type: "Footer", text: whole }];
  if (placeholder === "hdr") return [{ type: "Header", text: whole }];
  return filled.map(({ text, properties }): ElementDraft => {
    const marked = childElement(properties, "buChar") ?? childElement(properties, "buAutoNum");
    // the body of a layout has bullets unless a paragraph takes them away
    const isItem = marked !== undefined || (shape.isBody && childElement(properties, "buNone") === undefined);
    return { type: isItem || isListItem(text) ? "ListItem" : "NarrativeText", text };
  });
}

function shapeElements(shape: Shape, limits: ParserLimits): ElementDraft[] {
  // slide numbers and dates say nothing about the slide
  if (/^(sldNum|dt)$/.test(shape.placeholder ?? "")) return [];
  if (shape.kind === "graphicFrame") {
    return descendants(shape.element, "tbl").flatMap((table) => tableElement(tableRows(table, limits), limits) ?? []);
  }
  if (shape.kind === "pic") {
    const description = attribute(descendants(shape.element, "cNvPr")[0], "descr")?.trim();
    return description ? [{ type: "Image", text: description }] : [];
  }
  return textElements(shape);
}

/**
 * Reads a presentation (OOXML): one page a slide, in the order they are shown, with the boxes of its shapes; speaker's notes follow
 * their slide. Throws `corrupt`, `encrypted`, `too_large` or `too_complex`.
 */
export function parsePptx(bytes: Uint8Array, limits: ParserLimits): ParsedDocument {
  const file = new OpenPackage(bytes, limits);
  const presentation = file.required(PRESENTATION);
  const parts = new Map(file.relationships(PRESENTATION).map(({ id, target }) => [id, target]));
  const [sizes] = descendants(presentation, "sldSz");
  const size = {
    width: Number(attribute(sizes, "cx")) || DEFAULT_SIZE.width,
    height: Number(attribute(sizes, "cy")) || DEFAULT_SIZE.height,
  };
  const slides = descendants(presentation, "sldId").slice(0, limits.pages + 1);
  const elements: ElementDraft[] = [];
  const warnings: string[] = [];
  if (slides.length > limits.pages) warnings.push(`Only the first ${limits.pages} slides were read.`);
  for (const [index, entry] of slides.slice(0, limits.pages).entries()) {
    const pageNumber = index + 1;
    const target = parts.get(entry.attribs["r:id"] ?? "");
    const slide = target === undefined ? null : file.part(target);
    if (pageNumber > 1) elements.push({ type: "PageBreak", text: "", pageNumber });
    const [tree] = descendants(slide ?? undefined, "spTree");
    if (!tree || target === undefined) {
      warnings.push(`Slide ${pageNumber} is damaged and was left out.`);
      continue;
    }
    const related = file.relationships(target);
    const layout = related.find(({ kind }) => kind === "slideLayout")?.target;
    const inherited = placeholderBoxes(layout === undefined ? null : file.part(layout), size);
    for (const shape of inReadingOrder(shapesOf(tree, size, inherited))) {
      const place: { pageNumber: number; bbox?: BoundingBox } = {
        pageNumber,
        ...(shape.bbox ? { bbox: shape.bbox } : {}),
      };
      for (const element of shapeElements(shape, limits)) elements.push({ ...element, ...place });
    }
    const notes = related.find(({ kind }) => kind === "notesSlide")?.target;
    const [notesTree] = descendants((notes === undefined ? null : file.part(notes)) ?? undefined, "spTree");
    for (const shape of notesTree ? shapesOf(notesTree, size, new Map()) : []) {
      if (shape.placeholder !== "body") continue;
      for (const paragraph of paragraphs(childElement(shape.element, "txBody"))) {
        const text = paragraphText(paragraph);
        if (text !== "") elements.push({ type: "NarrativeText", text, pageNumber });
      }
    }
  }
  const title = file.title();
  return { elements, pageCount: Math.min(slides.length, limits.pages), warnings, ...(title ? { title } : {}) };
}
