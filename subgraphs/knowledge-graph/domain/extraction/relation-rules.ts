/** Two names of one sentence, in order, and the text around them. */
export interface NamePair {
  readonly between: string;
  /** What follows the second name in the sentence. */
  readonly after: string;
}

/** A typed relation; `forward` says that the first name is the subject. */
export interface RelationReading {
  readonly relationType: string;
  readonly forward: boolean;
}

const ENGLISH: readonly (readonly [RegExp, string, boolean])[] = [
  [
    /\b(?:is|are|was|were|be|being)?\s*(?:managed|administered|run|operated|overseen|maintained|handled) by(?: the)?$/iu,
    "MANAGED_BY",
    true,
  ],
  [
    /\b(?:manages?|administers?|oversees?|operates|maintains?|handles|is responsible for|are responsible for)(?: the)?$/iu,
    "MANAGED_BY",
    false,
  ],
  [/\bowned by(?: the)?$/iu, "OWNS", false],
  [/\b(?:owns?|owned)(?: the)?$/iu, "OWNS", true],
  [/\b(?:approved|authorised|authorized|signed off) by(?: the)?$/iu, "APPROVED_BY", true],
  [/\b(?:approves?|authorises?|authorizes?)(?: the)?$/iu, "APPROVED_BY", false],
  [/\b(?:requires?|needs?|depends? on)(?: the| an?)?$/iu, "REQUIRES", true],
  [/\b(?:replaced|superseded) by(?: the)?$/iu, "REPLACES", false],
  [/\b(?:replaces?|replaced|supersedes?)(?: the)?$/iu, "REPLACES", true],
  [/\b(?:is|are|was|were)? ?(?:part of|belongs? to|a member of|a subsidiary of)(?: the)?$/iu, "PART_OF", true],
  [/\b(?:located|based|situated|headquartered) (?:in|at)(?: the)?$/iu, "LOCATED_IN", true],
  [
    /\b(?:founded|established|created|written|directed|composed|published|produced|designed) by(?: the)?$/iu,
    "CREATED_BY",
    true,
  ],
  [
    /\b(?:founded|established|created|wrote|directed|composed|published|produced|designed)(?: the)?$/iu,
    "CREATED_BY",
    false,
  ],
  [/\b(?:submitted|requested|filed|applied for) (?:in|through|via|on)(?: the)?$/iu, "REQUESTED_THROUGH", true],
];

/** A Korean verbal noun, the particles that mark who does it and what is done, and the relation of the thing done to the doer. */
interface KoreanRule {
  readonly verb: RegExp;
  readonly type: string;
  /** Marks the doer (or the place). */
  readonly doer: RegExp;
  /** True: thing → doer (연차 MANAGED_BY 인사팀); false: doer → thing. */
  readonly thingFirst: boolean;
}
const AGENT = /^(?:은|는|이|가|에서|께서)(?![가-힣])/u;
const PLACE = /^(?:에서|에|으로|로|을 통해|를 통해|을 통하여|를 통하여)(?![가-힣])/u;
const OBJECT = /^(?:을|를|은|는|이|가|의)(?![가-힣])/u;
const KOREAN: readonly KoreanRule[] = [
  { verb: /(?:관리|담당|운영|주관|총괄|관할)/u, type: "MANAGED_BY", doer: AGENT, thingFirst: true },
  { verb: /(?:소유|보유)/u, type: "OWNS", doer: AGENT, thingFirst: false },
  { verb: /(?:승인|결재|허가)/u, type: "APPROVED_BY", doer: AGENT, thingFirst: true },
  { verb: /(?:신청|제출|접수|등록|조회)/u, type: "REQUESTED_THROUGH", doer: PLACE, thingFirst: true },
  { verb: /(?:요구|필요)/u, type: "REQUIRES", doer: /^(?:은|는|에는)(?![가-힣])/u, thingFirst: false },
  { verb: /(?:대체|폐지)/u, type: "REPLACES", doer: /^(?:은|는|이|가)(?![가-힣])/u, thingFirst: false },
  { verb: /(?:소속|속한|속하|산하)/u, type: "PART_OF", doer: /^(?:에|의)?(?=\s|$)/u, thingFirst: true },
];
const REACH = 24;

/** The relation that a sentence states between two of its names, or undefined when it only puts them side by side. */
export function readRelation(pair: NamePair): RelationReading | undefined {
  const between = pair.between.trim();
  if (/\p{Script=Hangul}/u.test(pair.between + pair.after.slice(0, REACH))) return readKorean(pair.between, pair.after);
  if (between.length > 48) return undefined;
  const rule = ENGLISH.find(([pattern]) => pattern.test(between));
  return rule ? { relationType: rule[1], forward: rule[2] } : undefined;
}

function readKorean(between: string, after: string): RelationReading | undefined {
  if (between.length > 40) return undefined;
  const tail = after.slice(0, REACH);
  // "인사팀이 관리하는 연차": the verb stands between and modifies the second name.
  for (const rule of KOREAN) {
    if (rule.doer.test(between) && rule.verb.test(between) && /(?:하는|한|되는|된|할|인)\s*$/u.test(between))
      return { relationType: rule.type, forward: !rule.thingFirst };
  }
  for (const rule of KOREAN) {
    if (!rule.verb.test(tail.replace(/^\S{0,4}\s/u, " ")) && !rule.verb.test(tail)) continue;
    const passive = new RegExp(`(?:${rule.verb.source})\\s?(?:된|되|됨)`, "u").test(tail);
    if (passive && rule.doer.test(tail) && /^(?:은|는|이|가)(?![가-힣])/u.test(between))
      return { relationType: rule.type, forward: rule.thingFirst };
    // "연차는 인사팀에서 관리한다": the topic is what is done, the marked name does it.
    if (rule.doer.test(tail) && /^(?:에서|이|가)(?![가-힣])/u.test(tail) && /^(?:은|는)(?![가-힣])/u.test(between))
      return { relationType: rule.type, forward: rule.thingFirst };
    if (rule.doer.test(tail) && OBJECT.test(between) && /^(?:을|를)/u.test(between))
      return { relationType: rule.type, forward: rule.thingFirst };
    if (rule.type === "REQUESTED_THROUGH" && rule.doer.test(tail) && /^(?:은|는)(?![가-힣])/u.test(between))
      return { relationType: rule.type, forward: true };
    if (rule.doer.test(between) && OBJECT.test(tail)) return { relationType: rule.type, forward: !rule.thingFirst };
  }
  return undefined;
}
