import { posix } from "node:path";
import { ParseFailure } from "../../domain/elements.js";
import { Archive } from "./archive.js";
import { decodeText } from "./decode.js";
import type { ParserLimits } from "./limits.js";
import { attribute, childElements, descendants, type MarkupDocument, parseXml } from "./markup.js";

export interface Relationship {
  id: string;
  /** The last word of its type: "slide", "slideLayout", "worksheet". */
  kind: string;
  /** Name of the part it leads to. */
  target: string;
}

/** An archive of XML parts: Office Open XML, OpenDocument, HWPX. */
export class OpenPackage {
  readonly #archive: Archive;
  readonly #limits: ParserLimits;

  /** Throws `corrupt` or `too_large`, as does every reading method, which may also throw `encrypted` and `too_complex`. */
  constructor(bytes: Uint8Array, limits: ParserLimits) {
    this.#archive = new Archive(bytes, limits);
    this.#limits = limits;
  }

  names(): string[] {
    return this.#archive.names();
  }

  /** A part as a tree, null when there is none of that name. These formats are UTF-8 or UTF-16 only. */
  part(name: string): MarkupDocument | null {
    const content = this.#archive.read(name);
    return content && parseXml(decodeText(content, "utf-8").text, this.#limits);
  }

  /** A part without which there is no document. */
  required(name: string): MarkupDocument {
    const part = this.part(name);
    if (!part || childElements(part).length === 0)
      throw new ParseFailure("corrupt", "The file is damaged: its main part is missing or unreadable.");
    return part;
  }

  /** Where an Office part leads; links out of the file are left out. */
  relationships(name: string): Relationship[] {
    const folder = posix.dirname(name);
    const part = this.part(`${folder}/_rels/${posix.basename(name)}.rels`);
    return descendants(part ?? undefined, "Relationship").flatMap((element) => {
      const [id, target, type] = ["Id", "Target", "Type"].map((key) => attribute(element, key));
      if (id === undefined || target === undefined || attribute(element, "TargetMode") === "External") return [];
      const resolved = target.startsWith("/") ? target.slice(1) : posix.normalize(posix.join(folder, target));
      return [{ id, target: resolved, kind: type?.split("/").at(-1) ?? "" }];
    });
  }

  /** The title in the file's core properties. */
  title(): string | undefined {
    const [element] = descendants(this.part("docProps/core.xml") ?? undefined, "title");
    const title = element?.children
      .map((node) => ("data" in node ? node.data : ""))
      .join("")
      .trim();
    return title || undefined;
  }
}

/** A count out of an attribute, from 1 up to `most`. */
export const countOf = (value: string | undefined, most: number): number =>
  Math.min(most, Math.max(1, Number.parseInt(value ?? "1", 10) || 1));
