import iconv from "iconv-lite";
import { ParseFailure } from "../../domain/elements.js";
import type { ParserLimits } from "./limits.js";
import { classifyParagraph } from "./paragraph.js";
import type { ParsedDocument } from "./parsed-document.js";
import { RtfTable } from "./rtf-table.js";
import { type RtfToken, rtfTokens } from "./rtf-tokens.js";

/** Destinations whose text is not the document's. */
const SKIPPED = new Set(
  (
    "fonttbl colortbl info pict object header headerl headerr headerf footer footerl footerr footerf generator themedata datastore " +
    "listtable listoverridetable filetbl revtbl rsidtbl xmlnstbl latentstyles bkmkstart bkmkend fldinst annotation atnauthor atnid " +
    "nonshppict shpinst mmathpr wgrffmtfilter"
  ).split(" "),
);
/** Windows character sets by the number a font declares (`\fcharset`), and code pages by theirs. */
const CHARSETS: Record<number, string> = { 129: "cp949", 128: "shift_jis", 134: "gb18030", 136: "big5", 204: "cp1251" };
const CODE_PAGES: Record<number, string> = {
  949: "cp949",
  932: "shift_jis",
  936: "gb18030",
  950: "big5",
  65001: "utf-8",
};
const CHARACTERS: Record<string, string> = {
  tab: "\t",
  line: "\n",
  bullet: "•",
  emdash: "—",
  endash: "–",
  lquote: "‘",
  rquote: "’",
  ldblquote: "“",
  rdblquote: "”",
  emspace: " ",
  enspace: " ",
};
const LONGEST_BOLD_HEADING = 100;

interface Group {
  skipped: boolean;
  /** Inside the table of fonts or styles, whose entries are read but whose text is not. */
  table: "fonts" | "styles" | null;
  font: number;
  bold: boolean;
  /** How many characters stand after a `\u` for programs that do not know it. */
  fallback: number;
}

class RtfReader {
  readonly elements: ParsedDocument["elements"] = [];
  page = 1;
  readonly #limits: ParserLimits;
  readonly #table: RtfTable;
  #groups: Group[] = [];
  #group: Group = { skipped: false, table: null, font: 0, bold: false, fallback: 1 };
  #codePage = "windows-1252";
  readonly #fonts = new Map<number, string>();
  readonly #headings = new Map<number, number>();
  /** The entry of the style table being read. */
  #style = { number: 0, name: "", level: 0 };
  #text = "";
  #boldCharacters = 0;
  #bytes: number[] = [];
  #toSkip = 0;
  #level = 0;
  #inTable = false;

  constructor(limits: ParserLimits) {
    this.#limits = limits;
    this.#table = new RtfTable(limits);
  }

  read(source: string): void {
    for (const token of rtfTokens(source)) this.#token(token);
    this.#paragraph();
    this.#endTable();
  }

  #token(token: RtfToken): void {
    switch (token.kind) {
      case "open":
        this.#decode();
        if (this.#groups.length > this.#limits.markupDepth)
          throw new ParseFailure("too_complex", "The document is nested too deeply to be read.");
        this.#groups.push(this.#group);
        this.#group = { ...this.#group };
        return;
      case "close":
        this.#decode();
        if (this.#group.table === "styles") this.#endStyle();
        this.#group = this.#groups.pop() ?? this.#group;
        return;
      case "symbol":
        this.#symbol(token.symbol);
        return;
      case "word":
        this.#word(token.word, token.value);
        return;
      case "byte":
        if (this.#toSkip > 0) this.#toSkip--;
        else if (!this.#group.skipped) this.#bytes.push(token.byte);
        return;
      case "bytes":
        this.#plain(token.bytes);
    }
  }

  #plain(bytes: string): void {
    const skipped = Math.min(this.#toSkip, bytes.length);
    this.#toSkip -= skipped;
    if (this.#group.table === "styles") this.#style.name += bytes;
    if (this.#group.skipped || this.#group.table) return;
    for (let i = skipped; i < bytes.length; i++) this.#bytes.push(bytes.charCodeAt(i));
  }

  /** Bytes wait until their character set can change: characters of two bytes come in two tokens. */
  #decode(): void {
    if (this.#bytes.length === 0) return;
    const encoding = this.#fonts.get(this.#group.font) ?? this.#codePage;
    this.#append(iconv.decode(Buffer.from(this.#bytes), encoding));
    this.#bytes = [];
  }

  #append(text: string): void {
    if (this.#group.skipped || this.#group.table) return;
    this.#text += text;
    if (this.#group.bold) this.#boldCharacters += text.trim().length;
  }

  #symbol(symbol: string): void {
    this.#decode();
    if (symbol === "*") this.#group.skipped = true;
    else if (symbol === "~") this.#append("\u00a0");
    else if (symbol === "_") this.#append("-");
    else if ("\\{}".includes(symbol)) this.#append(symbol);
    else if (symbol === "\n" || symbol === "\r") this.#paragraph();
  }

  #word(word: string, value: number | undefined): void {
    this.#decode();
    if (SKIPPED.has(word) && word !== "fonttbl") this.#group.skipped = true;
    if (word === "fonttbl") this.#group.table = "fonts";
    else if (word === "stylesheet") this.#group.table = "styles";
    else if (word === "f") this.#group.font = value ?? 0;
    else if (word === "fcharset") this.#charset(value ?? 0);
    else if (word === "ansicpg") this.#codePage = codePage(value ?? 1252);
    else if (word === "uc") this.#group.fallback = Math.max(0, value ?? 1);
    else if (word === "b") this.#group.bold = value !== 0;
    else if (word === "plain") this.#group.bold = false;
    else if (this.#group.skipped) return;
    else if (this.#group.table === "styles") this.#styleWord(word, value);
    else if (this.#group.table) return;
    else if (word === "u") {
      const unit = value ?? 0;
      this.#append(String.fromCharCode(unit < 0 ? unit + 65_536 : unit));
      this.#toSkip = this.#group.fallback;
    } else if (CHARACTERS[word] !== undefined) this.#append(CHARACTERS[word]);
    else this.#layout(word, value);
  }

  #charset(charset: number): void {
    const encoding = CHARSETS[charset];
    if (this.#group.table === "fonts" && encoding) this.#fonts.set(this.#group.font, encoding);
  }

  #styleWord(word: string, value: number | undefined): void {
    if (word === "s") this.#style.number = value ?? 0;
    else if (word === "outlinelevel") this.#style.level = Math.min(6, (value ?? 0) + 1);
  }

  #endStyle(): void {
    const named = /^\s*(?:heading|제목|개요)\s*(\d)/i.exec(this.#style.name)?.[1];
    const level = named ? Math.min(6, Math.max(1, Number(named))) : this.#style.level;
    if (level > 0 && this.#style.number > 0) this.#headings.set(this.#style.number, level);
    this.#style = { number: 0, name: "", level: 0 };
  }

  #layout(word: string, value: number | undefined): void {
    if (word === "par" || word === "sect") this.#paragraph();
    else if (word === "page") {
      this.#paragraph();
      this.page++;
    } else if (word === "pard") {
      this.#level = 0;
      this.#inTable = false;
    } else if (word === "s") this.#level = this.#headings.get(value ?? 0) ?? 0;
    else if (word === "outlinelevel") this.#level = Math.min(6, (value ?? 0) + 1);
    else if (word === "intbl") this.#inTable = true;
    else if (word === "trowd") {
      if (!this.#inTable) this.#paragraph();
      this.#inTable = true;
      this.#table.define();
    } else if (word === "cell") {
      this.#table.cell(this.#taken());
    } else if (word === "row") {
      this.#table.row();
      this.#taken();
    } else this.#table.word(word, value);
  }

  /** The text since the last paragraph or cell; what follows begins anew. */
  #taken(): string {
    const text = this.#text.replace(/[ \t\u00a0]+/g, " ").trim();
    this.#text = "";
    this.#boldCharacters = 0;
    return text;
  }

  #paragraph(): void {
    this.#decode();
    if (this.#inTable) {
      this.#text += "\n";
      return;
    }
    const letters = this.#text.replace(/\s/g, "").length;
    const isBold = letters > 0 && this.#boldCharacters >= letters * 0.95;
    const text = this.#taken();
    if (text === "") return;
    this.#endTable();
    const place = { pageNumber: this.page };
    if (this.#level > 0) this.elements.push({ type: "Title", headingLevel: this.#level, text, ...place });
    else if (isBold && text.length < LONGEST_BOLD_HEADING && !/[.다]$/.test(text))
      this.elements.push({ type: "Title", headingLevel: 6, text, ...place });
    else for (const element of classifyParagraph(text)) this.elements.push({ ...element, ...place });
  }

  #endTable(): void {
    const table = this.#table.finish();
    if (table) this.elements.push({ ...table, pageNumber: this.page });
  }
}

function codePage(number: number): string {
  const name = CODE_PAGES[number] ?? `windows-${number}`;
  return iconv.encodingExists(name) ? name : "windows-1252";
}

/**
 * Reads Rich Text: paragraphs, headings by outline level or style, tables with merged cells, Korean by the fonts' character sets.
 * Throws `too_complex`.
 */
export function parseRtf(bytes: Uint8Array, limits: ParserLimits): ParsedDocument {
  const reader = new RtfReader(limits);
  reader.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1"));
  const hasPages = reader.page > 1;
  return {
    elements: hasPages ? reader.elements : reader.elements.map(({ pageNumber: _, ...element }) => element),
    warnings: [],
    ...(hasPages ? { pageCount: reader.page } : {}),
  };
}
