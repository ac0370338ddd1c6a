import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";

const place = z.strictObject({ file: z.string(), page: z.number().int().positive().optional() });
const question = z.union([
  z.strictObject({
    ask: z.string(),
    says: z.array(z.string()).min(1),
    never: z.array(z.string()).default([]),
    from: z.array(place).min(1),
  }),
  z.strictObject({ ask: z.string(), answerable: z.literal(false) }),
]);

/** One question of the file: what a right answer holds, or that the documents do not say. */
export type Question = z.infer<typeof question>;

/** What of an answer is judged. */
export interface JudgedAnswer {
  readonly text: string;
  readonly citations: readonly {
    readonly marker: number;
    readonly support: string;
    readonly fileName: string;
    readonly pages: readonly number[];
    readonly quote: string;
  }[];
  readonly passages: readonly { readonly marker: number | null; readonly fileName: string; readonly text: string }[];
}

export interface Judgement {
  /** It says what it should and nothing that it must not; for a question without an answer: it cites nothing. */
  readonly isRight: boolean;
  /** The right file and page is among the citations. Always true for a question without an answer. */
  readonly isFromTheRightPlace: boolean;
  readonly citations: number;
  /** Citations whose marker points at a passage of the prompt that holds the quoted words. */
  readonly validCitations: number;
  readonly supportedCitations: number;
  /** Markers that the reader sees in the text and that no citation stands behind. */
  readonly danglingMarkers: number;
}

/** Reads and checks a question file. @throws ZodError */
export async function readQuestions(file: URL): Promise<Question[]> {
  return z.array(question).parse(parse(await readFile(file, "utf8")));
}

const plain = (text: string): string => text.normalize("NFC").replace(/\s+/g, " ");
const holds = (text: string, spellings: string): boolean =>
  spellings.split("|").some((spelling) => plain(text).includes(spelling));

/** Holds an answer against its question. Pure; `MARKER` counts what the reader sees as a citation. */
export function judge(question: Question, { text, citations, passages }: JudgedAnswer): Judgement {
  const byMarker = new Map(passages.map((passage) => [passage.marker, passage]));
  const markers = [...text.matchAll(/\[(\d{1,3})\]/g)].map((match) => Number(match[1]));
  const cited = new Set(citations.map(({ marker }) => marker));
  const counts = {
    citations: citations.length,
    validCitations: citations.filter(({ marker, quote, fileName }) => {
      const passage = byMarker.get(marker);
      return passage?.fileName === fileName && quote !== "" && plain(passage.text).includes(plain(quote));
    }).length,
    supportedCitations: citations.filter(({ support }) => support === "SUPPORTED").length,
    danglingMarkers: markers.filter((marker) => !cited.has(marker)).length,
  };
  if ("answerable" in question)
    return { isRight: citations.length === 0 && markers.length === 0, isFromTheRightPlace: true, ...counts };
  return {
    isRight:
      question.says.every((words) => holds(text, words)) &&
      !question.never.some((words) => plain(text).includes(words)),
    isFromTheRightPlace: citations.some(({ fileName, pages }) =>
      question.from.some(({ file, page }) => file === fileName && (page === undefined || pages.includes(page))),
    ),
    ...counts,
  };
}
