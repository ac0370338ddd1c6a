import { headingByWording, isListItem } from "./headings.js";
import type { ElementDraft } from "./parsed-document.js";

/** What a paragraph that carries no markup of its own is by its wording: a heading (with the text after it), a list item, or text. */
export function classifyParagraph(text: string): ElementDraft[] {
  const worded = headingByWording(text);
  if (!worded) return [{ type: isListItem(text) ? "ListItem" : "NarrativeText", text }];
  const heading: ElementDraft = { type: "Title", headingLevel: Math.min(6, worded.level), text: worded.heading };
  return worded.rest === "" ? [heading] : [heading, { type: "NarrativeText", text: worded.rest }];
}
