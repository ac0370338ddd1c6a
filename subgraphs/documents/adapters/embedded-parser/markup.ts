import { DomHandler, Parser } from "htmlparser2";
import { ParseFailure } from "../../domain/elements.js";
import type { ParserLimits } from "./limits.js";

export type MarkupDocument = DomHandler["root"];
export type MarkupNode = MarkupDocument["children"][number];
export type MarkupElement = Extract<MarkupNode, { attribs: unknown }>;
export type MarkupParent = MarkupDocument | MarkupElement;

/** Builds the tree but stops at the limits while reading, before a hostile file costs more than a valid one may. */
class BoundedDomHandler extends DomHandler {
  #nodes = 0;
  readonly #limits: ParserLimits;

  constructor(limits: ParserLimits) {
    super();
    this.#limits = limits;
  }

  override onopentag(name: string, attribs: Record<string, string>): void {
    if (this.tagStack.length > this.#limits.markupDepth) {
      throw new ParseFailure("too_complex", "The document is nested too deeply to be read.");
    }
    if (++this.#nodes > this.#limits.markupNodes)
      throw new ParseFailure("too_complex", "The document has too many parts.");
    super.onopentag(name, attribs);
  }
}

function parse(source: string, xmlMode: boolean, limits: ParserLimits): MarkupDocument {
  if (source.length > limits.markupCharacters)
    throw new ParseFailure("too_large", "The text of the document is too large.");
  const handler = new BoundedDomHandler(limits);
  new Parser(handler, { xmlMode, decodeEntities: true }).end(source);
  return handler.root;
}

/** Forgiving XML. Entities that a document type declares are not expanded and nothing is ever loaded (no XXE, no "billion laughs"). */
export function parseXml(source: string, limits: ParserLimits): MarkupDocument {
  return parse(source, true, limits);
}

/** Forgiving HTML with lower-case names. */
export function parseHtml(source: string, limits: ParserLimits): MarkupDocument {
  return parse(source, false, limits);
}

export function isElement(node: MarkupNode): node is MarkupElement {
  return "attribs" in node;
}

/** The name without its namespace prefix. */
export function localName(element: MarkupElement): string {
  return element.name.slice(element.name.indexOf(":") + 1);
}

/** The child elements, all or those of one local name. */
export function childElements(parent: MarkupParent | undefined, name?: string): MarkupElement[] {
  const elements = (parent?.children ?? []).filter(isElement);
  return name === undefined ? elements : elements.filter((element) => localName(element) === name);
}

export function childElement(parent: MarkupParent | undefined, name: string): MarkupElement | undefined {
  return parent?.children.find((node): node is MarkupElement => isElement(node) && localName(node) === name);
}

/** All elements of one local name below `parent`, in document order. */
export function descendants(parent: MarkupParent | undefined, name: string): MarkupElement[] {
  const found: MarkupElement[] = [];
  const visit = (node: MarkupParent): void => {
    for (const child of childElements(node)) {
      if (localName(child) === name) found.push(child);
      visit(child);
    }
  };
  if (parent) visit(parent);
  return found;
}

/** An attribute by its local name, whatever its prefix. */
export function attribute(element: MarkupElement | undefined, name: string): string | undefined {
  if (!element) return undefined;
  const direct = element.attribs[name];
  if (direct !== undefined) return direct;
  const prefixed = Object.keys(element.attribs).find((key) => key.endsWith(`:${name}`));
  return prefixed === undefined ? undefined : element.attribs[prefixed];
}

/** All character data below a node, joined without separators. */
export function characterData(node: MarkupNode | MarkupParent): string {
  if ("data" in node) return node.type === "text" ? node.data : "";
  return "children" in node ? node.children.map(characterData).join("") : "";
}
