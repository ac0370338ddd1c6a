import { deflateRawSync } from "node:zlib";
import CFB from "cfb";
import { TAG } from "../hwp/records.js";

/** A record: tag, level, data. */
export function record(tag: number, level: number, data: Uint8Array = new Uint8Array()): Buffer {
  const long = data.length >= 0xfff;
  const head = Buffer.alloc(long ? 8 : 4);
  head.writeUInt32LE((tag | (level << 10) | ((long ? 0xfff : data.length) << 20)) >>> 0);
  if (long) head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data]);
}

/** A paragraph of the given style; `breaksPage` where its author began a page. */
export function hwpParagraph(text: string, level = 0, { style = 0, breaksPage = false } = {}): Buffer {
  const header = Buffer.alloc(22);
  header.writeUInt8(style, 10);
  header.writeUInt8(breaksPage ? 4 : 0, 11);
  return Buffer.concat([
    record(TAG.paraHeader, level, header),
    record(TAG.paraText, level + 1, Buffer.from(`${text}\r`, "utf16le")),
  ]);
}

/** A table from cells of column, row, column span, row span, text; anchored in a paragraph of its own. */
export function hwpTable(cells: readonly [number, number, number, number, string][]): Buffer {
  const parts = cells.map(([column, row, colSpan, rowSpan, text]) => {
    const list = Buffer.alloc(34);
    for (const [i, value] of [column, row, colSpan, rowSpan].entries()) list.writeUInt16LE(value, 8 + i * 2);
    return Buffer.concat([record(TAG.listHeader, 2, list), hwpParagraph(text, 2)]);
  });
  return Buffer.concat([
    record(TAG.paraHeader, 0, Buffer.alloc(22)),
    record(TAG.ctrlHeader, 1, Buffer.from(" lbt")),
    record(TAG.table, 2, Buffer.alloc(20)),
    ...parts,
  ]);
}

/** A Hangul 5 file with the given section streams; `flags` as in its header (1: compressed, 2: encrypted, 4: for distribution). */
export function sampleHwp(sections: readonly Buffer[], { flags = 1, styles = [] as string[] } = {}): Uint8Array {
  const header = Buffer.alloc(256);
  header.write("HWP Document File", "latin1");
  header.writeUInt32LE(0x05000300, 32);
  header.writeUInt32LE(flags, 36);
  const packed = (content: Buffer): Buffer => (flags & 1 ? deflateRawSync(content) : content);
  const named = styles.map((name) => {
    const length = Buffer.alloc(2);
    length.writeUInt16LE(name.length);
    return record(TAG.style, 0, Buffer.concat([length, Buffer.from(name, "utf16le"), Buffer.alloc(2)]));
  });
  const file = CFB.utils.cfb_new();
  CFB.utils.cfb_add(file, "/FileHeader", header);
  CFB.utils.cfb_add(file, "/DocInfo", packed(Buffer.concat(named)));
  for (const [i, section] of sections.entries()) CFB.utils.cfb_add(file, `/BodyText/Section${i}`, packed(section));
  return new Uint8Array(CFB.write(file, { type: "buffer" }) as Buffer);
}
