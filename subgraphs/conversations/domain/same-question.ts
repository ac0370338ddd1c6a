import { normalizeForMatching } from "../../../platform/language/normalize.js";
import { stemEnglish } from "../../../platform/language/stemmer.js";
import { isNegated } from "./support.js";

/** Korean particles and endings that change how a question is put, not what it asks, longest first. */
const ENDINGS = [
  "이었나요 였나요 인가요 인지요 이에요 입니까 입니다 일까요 이지요 하나요 합니까 됩니까 되나요 될까요 할까요 있나요 있습니까 있어요 이죠 인가 인지 이야 예요 나요 가요 까요 에서는 에서 으로 까지 부터 에게 한테 이나 이랑 라는 이란",
  "은 는 이 가 을 를 에 의 도 로 와 과 만 나 랑 께 요 야 죠 란",
]
  .flatMap((line) => line.split(" "))
  .sort((a, b) => b.length - a.length);

/** Words that only carry a question along. */
const FILLERS = new Set(
  "좀 혹시 저기 알려줘 알려줘요 알려주세요 알려주십시오 주세요 궁금합니다 궁금해요 please tell me could can you the a an is are was were do does did of to".split(
    " ",
  ),
);
const SUBJECT = /(?:이|가|은|는|께서)$/;
const OBJECT = /(?:을|를)$/;

interface Word {
  readonly stem: string;
  readonly role: "subject" | "object" | undefined;
}

function wordOf(word: string): Word {
  if (!/\p{Script=Hangul}/u.test(word)) return { stem: stemEnglish(word), role: undefined };
  const role = OBJECT.test(word) ? "object" : SUBJECT.test(word) ? "subject" : undefined;
  // One syllable left of a short ending would be a coincidence: 이가 and 이는.
  const ending = ENDINGS.find(
    (candidate) => word.endsWith(candidate) && word.length - candidate.length >= (candidate.length > 1 ? 1 : 2),
  );
  return { stem: ending ? word.slice(0, -ending.length) : word, role };
}

const wordsOf = (question: string): Word[] =>
  (normalizeForMatching(question).match(/[\p{L}\p{M}\p{N}]+(?:[.,:/-]\p{N}+)*/gu) ?? [])
    .filter((word) => !FILLERS.has(word))
    .map(wordOf)
    .filter(({ stem }) => stem !== "");

/**
 * Whether two questions ask the same, whatever their particles, endings and politeness: the same words in the same order, the
 * same figures, the same negation, and nobody who does in one what is done to him in the other. Deliberately narrow: a wrong yes
 * gives somebody the answer to another question, a wrong no only costs a computation.
 */
export function sameQuestion(a: string, b: string): boolean {
  if (isNegated(a) !== isNegated(b)) return false;
  const [left, right] = [wordsOf(a), wordsOf(b)];
  return (
    left.length > 0 &&
    left.length === right.length &&
    left.every(({ stem, role }, i) => {
      const other = right[i] as Word;
      return stem === other.stem && (role === undefined || other.role === undefined || role === other.role);
    })
  );
}

/** A question as an exact repetition is known by. */
export const exactForm = (question: string): string => normalizeForMatching(question).replace(/[\s?.!。？！]+$/u, "");

/** Cosines from which on two questions are compared word by word, by embedding model. Others have no similar questions. */
const SIMILAR_FROM: readonly (readonly [model: RegExp, cosine: number])[] = [[/multilingual-e5-small/i, 0.93]];

/** From which cosine on a model's questions are looked at; undefined when it was never measured. */
export const similarFrom = (modelId: string): number | undefined =>
  SIMILAR_FROM.find(([pattern]) => pattern.test(modelId))?.[1];
