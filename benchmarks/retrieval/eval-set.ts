import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { ChunkArtefact } from "../../platform/queue/catalogue.js";

const passageSchema = z.object({ id: z.string(), title: z.string().default(""), text: z.string() });
const questionSchema = z.object({ id: z.string(), question: z.string(), gold: z.array(z.string()) });

/** Passages and questions with the passages that answer them. */
export interface EvalSet {
  readonly name: string;
  readonly passages: readonly z.output<typeof passageSchema>[];
  readonly questions: readonly z.output<typeof questionSchema>[];
}

const lines = <T>(text: string, schema: z.ZodType<T>): T[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => schema.parse(JSON.parse(line)));

/** Every `NAME.corpus.jsonl` of a folder with its `NAME.queries.jsonl`; none where the folder is absent. */
export async function readEvalSets(folder: string): Promise<EvalSet[]> {
  const files = await readdir(folder).catch(() => []);
  const names = files.flatMap((file) => file.match(/^(.+)\.corpus\.jsonl$/)?.[1] ?? []).sort();
  return Promise.all(
    names.map(async (name) => ({
      name,
      passages: lines(await readFile(join(folder, `${name}.corpus.jsonl`), "utf8"), passageSchema),
      questions: lines(await readFile(join(folder, `${name}.queries.jsonl`), "utf8"), questionSchema),
    })),
  );
}

/** A set as the product's indexing stages get it: one document, a chunk for each passage, its title as the heading. */
export const artefactOf = (set: EvalSet, chunkIdOf: (position: number) => string): ChunkArtefact => ({
  v: 1,
  documentId: `doc_eval${set.name.replace(/[^a-z0-9]/g, "")}`,
  generation: 1,
  document: {
    name: `${set.name}.jsonl`,
    mimeType: "text/plain",
    version: 1,
    datasetId: "ds_eval",
    department: null,
    createdAt: "2025-01-01T00:00:00.000Z",
    effectiveDate: null,
    title: null,
  },
  chunks: set.passages.map(({ title, text }, position) => ({
    id: chunkIdOf(position),
    position,
    text,
    elementType: "NarrativeText",
    headingPath: title ? [title] : [],
    pages: [],
    boxes: [],
    tokens: 0,
  })),
});
