import type { ParagraphReader } from "./docx-text.js";
import type { ParserLimits } from "./limits.js";
import { attribute, childElement, childElements, localName, type MarkupElement, type MarkupParent } from "./markup.js";
import type { TableCell } from "./table.js";

const isOn = (element: MarkupElement | undefined): boolean =>
  element !== undefined && !/^(0|false|off)$/.test(attribute(element, "val") ?? "");

function cellLines(cell: MarkupParent, paragraphs: ParagraphReader, limits: ParserLimits): string[] {
  return childElements(cell).flatMap((child) => {
    const name = localName(child);
    if (name === "p") {
      const { text, textBoxes } = paragraphs.read(child);
      return [...(text === "" ? [] : [text]), ...textBoxes.flatMap((box) => cellLines(box, paragraphs, limits))];
    }
    if (name === "tbl") {
      const rows = readDocxTable(child, paragraphs, limits);
      return rows.map((row) =>
        row
          .map((inner) => inner.text.replace(/\n/g, " "))
          .filter(Boolean)
          .join(" | "),
      );
    }
    return name === "sdt" || name === "sdtContent" ? cellLines(child, paragraphs, limits) : [];
  });
}

/** Rows and cells may be wrapped in content controls. */
function unwrapped(parent: MarkupParent, name: string): MarkupElement[] {
  return childElements(parent).flatMap((child) => {
    const found = localName(child);
    if (found === name) return [child];
    return found === "sdt" || found === "sdtContent" || found === "ins" || found === "customXml"
      ? unwrapped(child, name)
      : [];
  });
}

/** The rows of a Word table, with vertical merges turned into row spans. A nested table becomes lines of its cell. */
export function readDocxTable(table: MarkupElement, paragraphs: ParagraphReader, limits: ParserLimits): TableCell[][] {
  /** Per grid column, the cell a vertical merge would continue. */
  const open: (TableCell | undefined)[] = [];
  return unwrapped(table, "tr").map((row) => {
    const rowProperties = childElement(row, "trPr");
    const header = isOn(childElement(rowProperties, "tblHeader"));
    const before = Number(attribute(childElement(rowProperties, "gridBefore"), "val") ?? 0) || 0;
    let column = Math.min(limits.cellSpan, before);
    const cells: TableCell[] = [];
    for (const source of unwrapped(row, "tc")) {
      const properties = childElement(source, "tcPr");
      const colSpan = Math.min(
        limits.cellSpan,
        Math.max(1, Number(attribute(childElement(properties, "gridSpan"), "val") ?? 1) || 1),
      );
      const merge = childElement(properties, "vMerge");
      const above = open[column];
      const text = cellLines(source, paragraphs, limits).join("\n");
      if (merge && attribute(merge, "val") !== "restart" && above) {
        above.rowSpan++;
        if (text) above.text = above.text ? `${above.text}\n${text}` : text;
      } else {
        const cell = { text, colSpan, rowSpan: 1, header };
        cells.push(cell);
        for (let i = 0; i < colSpan; i++) open[column + i] = merge && i === 0 ? cell : undefined;
      }
      column += colSpan;
      if (column > limits.tableCells) break;
    }
    return cells;
  });
}
