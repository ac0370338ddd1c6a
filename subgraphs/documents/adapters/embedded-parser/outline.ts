import type { Element } from "../../domain/elements.js";
import type { ElementDraft } from "./parsed-document.js";

/** Numbers the elements and puts each under the nearest heading above it; headings go under the nearest of a higher level. */
export function toOutline(drafts: readonly ElementDraft[]): Element[] {
  const path: { id: string; level: number }[] = [];
  return drafts.map((draft, index) => {
    const id = `e${index + 1}`;
    if (draft.type === "Title") {
      const level = draft.headingLevel ?? 1;
      while ((path.at(-1)?.level ?? 0) >= level) path.pop();
      const parent = path.at(-1);
      path.push({ id, level });
      return { id, ...(parent ? { parentId: parent.id } : {}), ...draft };
    }
    const parent = path.at(-1);
    const isOutside = draft.type === "Header" || draft.type === "Footer" || draft.type === "PageBreak";
    return { id, ...(parent && !isOutside ? { parentId: parent.id } : {}), ...draft };
  });
}
