import { attribute, childElement, descendants, type MarkupDocument } from "./markup.js";

interface Style {
  name: string;
  basedOn: string | undefined;
  outlineLevel: number | undefined;
  numbered: boolean;
}

const LONGEST_CHAIN = 10;

/** What the paragraph styles of a Word document say about structure. */
export class ParagraphStyles {
  readonly #styles = new Map<string, Style>();
  #defaultId: string | undefined;

  constructor(part: MarkupDocument | null) {
    for (const style of descendants(part ?? undefined, "style")) {
      const id = attribute(style, "styleId");
      if (id === undefined) continue;
      const properties = childElement(style, "pPr");
      const outline = attribute(childElement(properties, "outlineLvl"), "val");
      this.#styles.set(id, {
        name: attribute(childElement(style, "name"), "val") ?? "",
        basedOn: attribute(childElement(style, "basedOn"), "val"),
        outlineLevel: outline === undefined ? undefined : Number(outline),
        numbered: childElement(properties, "numPr") !== undefined,
      });
      if (attribute(style, "type") === "paragraph" && attribute(style, "default") === "1") this.#defaultId = id;
    }
  }

  /** The style and those it is based on, nearest first. */
  #chain(id: string | undefined): Style[] {
    const chain: Style[] = [];
    let style = this.#styles.get(id ?? this.#defaultId ?? "");
    while (style && chain.length < LONGEST_CHAIN) {
      chain.push(style);
      style = style.basedOn === undefined ? undefined : this.#styles.get(style.basedOn);
    }
    return chain;
  }

  /** 1 to 6 for a heading style (by its English or Korean name or its outline level), null for text. */
  headingLevel(id: string | undefined): number | null {
    for (const style of this.#chain(id)) {
      if (/^(title|제목)$/i.test(style.name)) return 1;
      if (/^(subtitle|부제)$/i.test(style.name)) return 2;
      const numbered = /^(?:heading|제목|개요)\s*(\d)/i.exec(style.name);
      if (numbered) return Math.min(6, Math.max(1, Number(numbered[1])));
      if (style.outlineLevel !== undefined && style.outlineLevel < 9) return Math.min(6, style.outlineLevel + 1);
    }
    return null;
  }

  isList(id: string | undefined): boolean {
    return this.#chain(id).some((style) => style.numbered || /^(list|목록)/i.test(style.name));
  }
}
