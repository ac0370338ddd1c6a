/** A passage as it stands in the prompt. */
export interface PromptPassage {
  /** The number that a citation `[n]` names. */
  id: number;
  file: string;
  /** First day on which the document holds, "YYYY-MM-DD". */
  effective: string | undefined;
  text: string;
}

/** What a grounded prompt asks. */
export interface GroundedPrompt {
  passages: PromptPassage[];
  question: string;
}

const PASSAGE = /^<passage id="(\d{1,4})"([^>\n]*)>\n([\s\S]*?)\n?<\/passage>$/gm;
const ATTRIBUTE = /([a-z]+)="([^"]*)"/g;

/**
 * Reads the last user message of a prompt in the product's format:
 *
 *     <passages>
 *     <passage id="1" file="…" page="3" effective="2025-01-01">
 *     text
 *     </passage>
 *     </passages>
 *     <facts>
 *     (A) -[RELATION]-> (B)
 *     </facts>
 *     <question>…</question>
 *
 * Tags count at the start of a line only. Returns undefined for any other message: there is nothing to answer from.
 */
export function parseGroundedPrompt(message: string): GroundedPrompt | undefined {
  const frame = /^<passages>\n([\s\S]*?)^<\/passages>$/m.exec(message);
  const question = /^<question>([\s\S]*)<\/question>\s*$/m.exec(message)?.[1]?.trim();
  if (frame === null || !question) return undefined;
  const passages = [...(frame[1] ?? "").matchAll(PASSAGE)].map(([, id, attributes, text]) => {
    const named = new Map([...(attributes ?? "").matchAll(ATTRIBUTE)].map(([, name, value]) => [name, value]));
    return {
      id: Number(id),
      file: named.get("file") ?? "",
      effective: named.get("effective"),
      text: text ?? "",
    };
  });
  return { passages, question };
}
