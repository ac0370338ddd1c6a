import { z } from "zod";
import type { BoundingBox, ElementType } from "../../domain/elements.js";
import { parseHtmlDocument } from "../embedded-parser/html.js";
import type { ParserLimits } from "../embedded-parser/limits.js";
import type { ElementDraft } from "../embedded-parser/parsed-document.js";

const point = z.tuple([z.number(), z.number()]);

/** One element as the service answers it; fields that are not used are let through unread. */
const unstructuredElement = z.object({
  type: z.string(),
  text: z.string(),
  metadata: z.object({
    page_number: z.number().int().positive().nullish(),
    category_depth: z.number().int().nonnegative().nullish(),
    text_as_html: z.string().nullish(),
    languages: z.array(z.string()).nullish(),
    filetype: z.string().nullish(),
    coordinates: z
      .object({
        points: z.array(point).nullish(),
        layout_width: z.number().nullish(),
        layout_height: z.number().nullish(),
      })
      .nullish(),
  }),
});
export type UnstructuredElement = z.output<typeof unstructuredElement>;

/** A file's elements; several files would be an array of arrays, which one file answers in some versions too. */
export const unstructuredAnswer = z.union([
  z.array(unstructuredElement),
  z.array(z.array(unstructuredElement)).transform((files) => files.flat()),
]);

const TYPES: Record<string, ElementType> = {
  Title: "Title",
  NarrativeText: "NarrativeText",
  ListItem: "ListItem",
  Table: "Table",
  Image: "Image",
  Header: "Header",
  Footer: "Footer",
  PageNumber: "Footer",
  PageBreak: "PageBreak",
  UncategorizedText: "UncategorizedText",
  FigureCaption: "NarrativeText",
  CodeSnippet: "NarrativeText",
  Formula: "NarrativeText",
  EmailAddress: "NarrativeText",
  Address: "NarrativeText",
  CompositeElement: "NarrativeText",
};

/** Points of whatever unit (PDF points or pixels of the picture) to fractions of the page. */
function boxOf({ coordinates }: UnstructuredElement["metadata"]): BoundingBox | undefined {
  const { points, layout_width: width, layout_height: height } = coordinates ?? {};
  if (!points || points.length === 0 || !width || !height) return undefined;
  const fraction = (value: number): number => Number(Math.min(1, Math.max(0, value)).toFixed(4));
  const xs = points.map(([x]) => x / width);
  const ys = points.map(([, y]) => y / height);
  return [fraction(Math.min(...xs)), fraction(Math.min(...ys)), fraction(Math.max(...xs)), fraction(Math.max(...ys))];
}

/** The service's HTML is read anew, so that only the structure and the text of the table are kept. */
function tableOf(html: string, limits: ParserLimits): ElementDraft | undefined {
  return parseHtmlDocument(html, limits).elements.find(({ type }) => type === "Table");
}

/** An element in this product's shape. Types it does not know are text. */
export function toDraft(element: UnstructuredElement, limits: ParserLimits): ElementDraft {
  const { metadata } = element;
  const type = TYPES[element.type] ?? "UncategorizedText";
  const bbox = boxOf(metadata);
  const place = {
    ...(metadata.page_number ? { pageNumber: metadata.page_number } : {}),
    ...(bbox ? { bbox } : {}),
  };
  const table = type === "Table" && metadata.text_as_html ? tableOf(metadata.text_as_html, limits) : undefined;
  if (table) return { ...table, ...place };
  // a table without cells cannot be cut by rows: its text is kept as text
  if (type === "Table") return { type: "UncategorizedText", text: element.text, ...place };
  const level = type === "Title" ? { headingLevel: Math.min(6, (metadata.category_depth ?? 0) + 1) } : {};
  return { type, text: element.text, ...level, ...place };
}
