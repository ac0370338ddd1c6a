import { z } from "zod";
import { entityKey } from "./entity-key.js";
import { type Extraction, type ExtractionInput, MAX_MENTIONS, type Mention, type Relation } from "./extract.js";
import { blankPlaceholders } from "./span.js";

const MAX_ENTITIES = 40;
const MAX_RELATIONS = 32;
const NAME = z.string().trim().min(2).max(80);
const TYPE = z
  .string()
  .max(60)
  .transform((type) =>
    type
      .trim()
      .toUpperCase()
      .replace(/[\s-]+/gu, "_"),
  )
  .pipe(z.string().regex(/^[A-Z][A-Z_]{1,39}$/u));

/** What a model is to answer about one chunk. */
export const modelAnswer = z.object({
  entities: z.array(z.object({ name: NAME })).max(MAX_ENTITIES),
  relations: z.array(z.object({ subject: NAME, type: TYPE, object: NAME })).max(MAX_RELATIONS),
});
export type ModelAnswer = z.output<typeof modelAnswer>;

/** The same for the server, which may hold the model to it. */
export const MODEL_ANSWER_SCHEMA = {
  name: "extraction",
  schema: z.toJSONSchema(modelAnswer, { io: "input" }) as Record<string, unknown>,
};

/** Reads an answer, inside a code fence or not. The issues are worded for the model. */
export function readAnswer(text: string): { answer: ModelAnswer } | { issues: string } {
  const body = /^\s*```(?:json)?\s*(.*?)\s*```\s*$/su.exec(text)?.[1] ?? text;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { issues: "It is not JSON." };
  }
  const parsed = modelAnswer.safeParse(value);
  if (parsed.success) return { answer: parsed.data };
  const issues = parsed.error.issues.slice(0, 5);
  return { issues: issues.map(({ path, message }) => `${path.join(".") || "answer"}: ${message}`).join("; ") };
}

/** Names a model may have read: those that stand in the text or above it, whatever their spacing and case. Masked values are none. */
function readable(chunk: ExtractionInput): (name: string) => string | undefined {
  const text = [...chunk.headingPath, chunk.documentTitle ?? "", blankPlaceholders(chunk.text)].join("\n");
  const haystack = ` ${entityKey(text)} `;
  return (name) => {
    const key = entityKey(name);
    if (key.length < 2 || /^[\p{N} ]+$/u.test(key)) return undefined;
    const found = /\p{Script=Hangul}/u.test(key) ? haystack.includes(key) : haystack.includes(` ${key} `);
    // Beside Hangul spaces do not count, so a Latin name may touch what stands around it.
    return found || (/\p{Script=Hangul}/u.test(haystack) && haystack.includes(key)) ? key : undefined;
  };
}

const CONFIDENCE = 0.9;

/**
 * Adds what a model read to what the form gives: names that the text does not hold are left out, a typed relation of the model takes
 * the place of a pair's mere co-occurrence.
 */
export function addModelAnswer(form: Extraction, answer: ModelAnswer, chunk: ExtractionInput): Extraction {
  const keyOf = readable(chunk);
  const mentions = new Map<string, Mention>(form.mentions.map((mention) => [mention.key, mention]));
  const note = (name: string): string | undefined => {
    const key = keyOf(name);
    if (key !== undefined && !mentions.has(key) && mentions.size < MAX_MENTIONS)
      mentions.set(key, { key, surfaces: [name], count: 1, lead: false, confidence: CONFIDENCE });
    return key !== undefined && mentions.has(key) ? key : undefined;
  };
  for (const { name } of answer.entities) note(name);
  const relations = new Map<string, Relation>();
  const typedPairs = new Set<string>();
  const pairOf = (a: string, b: string): string => JSON.stringify([a, b].sort());
  for (const { subject: subjectName, type: relationType, object: objectName } of answer.relations) {
    const [subject, object] = [note(subjectName), note(objectName)];
    if (subject === undefined || object === undefined || subject === object) continue;
    typedPairs.add(pairOf(subject, object));
    relations.set(JSON.stringify([subject, relationType, object]), {
      subject,
      object,
      relationType,
      count: 1,
      subjectName,
      objectName,
    });
  }
  for (const relation of form.relations) {
    if (relation.relationType === "RELATED_TO" && typedPairs.has(pairOf(relation.subject, relation.object))) continue;
    const id = JSON.stringify([relation.subject, relation.relationType, relation.object]);
    if (!relations.has(id)) relations.set(id, relation);
  }
  return { mentions: [...mentions.values()], relations: [...relations.values()].slice(0, MAX_RELATIONS) };
}
