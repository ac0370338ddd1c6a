import { readFile } from "node:fs/promises";
import { z } from "zod";

const labels = z.object({
  texts: z.record(z.string(), z.string()),
  table: z.array(z.array(z.string())),
  files: z.record(
    z.string(),
    z.object({
      pages: z.number().int().positive().optional(),
      headings: z.array(z.string()).optional(),
      without: z.array(z.string()).default([]),
      table: z.boolean().default(true),
      otherTables: z.boolean().default(false),
    }),
  ),
});

/** What stands in one file, as a person wrote it down. */
export interface Label {
  readonly file: string;
  /** null: the format has no pages. */
  readonly pages: number | null;
  /** Running text, headings among it, without the table. */
  readonly text: string;
  readonly headings: readonly string[];
  /** Rows of cells; empty where the file has no table that can be read as one. */
  readonly table: readonly (readonly string[])[];
  /** It holds tables beside this one. */
  readonly otherTables: boolean;
}

const HEADINGS = ["title", "limits", "steps", "contact"];

/** Reads the labels of the examples: one text told in every format, and what each format leaves out of it. */
export async function readLabels(folder: URL): Promise<Label[]> {
  const { texts, table, files } = labels.parse(JSON.parse(await readFile(new URL("labels.json", folder), "utf8")));
  return Object.entries(files).map(([file, label]) => {
    const kept = Object.entries(texts).filter(([name]) => !label.without.includes(name));
    return {
      file,
      pages: label.pages ?? null,
      text: kept.map(([, text]) => text).join(" "),
      headings: (label.headings ?? HEADINGS).flatMap((name) => texts[name] ?? []),
      table: label.table ? table : [],
      otherTables: label.otherTables,
    };
  });
}
