import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const passageSchema = z.object({ id: z.string(), title: z.string().default(""), text: z.string() });
const questionSchema = z.object({ id: z.string(), question: z.string(), gold: z.array(z.string()).min(1) });
export type EvalPassage = z.output<typeof passageSchema>;

/** Passages and questions with the passages that answer them. */
export interface EvalSet {
  readonly name: string;
  readonly passages: readonly EvalPassage[];
  readonly questions: readonly z.output<typeof questionSchema>[];
  /** Of the passages: a changed set is another data set. */
  readonly fingerprint: string;
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
    names.map(async (name) => {
      const corpus = await readFile(join(folder, `${name}.corpus.jsonl`), "utf8");
      return {
        name,
        passages: lines(corpus, passageSchema),
        questions: lines(await readFile(join(folder, `${name}.queries.jsonl`), "utf8"), questionSchema),
        fingerprint: createHash("sha256").update(corpus).digest("hex").slice(0, 8),
      };
    }),
  );
}
