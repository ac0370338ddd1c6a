import { byContext, digitsOf, namesAThing, type Recognizer } from "./recognizer.js";

const PHONE_WORDS =
  /전화|연락처|휴대|핸드폰|모바일|팩스|내선|(?<![a-z])(?:tel|phones?|telephone|mobile|cell|call|fax|contact)(?![a-z])|☎|📞/;
const SEPARATOR = "(?:[ \\t]?[-.)/]\\s?|[ \\t])";
// Geographic codes, and the non-geographic ones: internet telephony, personal numbers, freephone.
const AREA = "(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50\\d?|80)";

const mobile: Recognizer = {
  kind: "PHONE_NUMBER",
  pattern: new RegExp(
    `(?<!\\d)(?<!\\d[-.])(?:\\(01[016789]\\)|01[016789])(${SEPARATOR})?\\d{3,4}(${SEPARATOR})?\\d{4}(?!\\d|-\\d)`,
    "g",
  ),
  score(match, context) {
    const separated = (match[1] !== undefined || match[0].startsWith("(")) && match[2] !== undefined;
    return separated ? 0.95 : byContext(context, PHONE_WORDS, 0.95, 0.75);
  },
};

/**
 * Landlines need a separator or a context word: bare digits are too often something else. Nationwide service
 * numbers (1588-1234) belong to no person and stay.
 */
const landline: Recognizer = {
  kind: "PHONE_NUMBER",
  pattern: new RegExp(
    `(?<!\\d)(?<!\\d[-.])(?:\\(0${AREA}\\)|0${AREA})(${SEPARATOR})?\\d{3,4}(${SEPARATOR})?\\d{4}(?!\\d|-\\d)`,
    "g",
  ),
  score(match, context) {
    const separated = (match[1] !== undefined || match[0].startsWith("(")) && match[2] !== undefined;
    if (namesAThing(context)) return 0;
    if (separated && /^\s$/.test(match[1] ?? "")) return byContext(context, PHONE_WORDS, 0.9, 0.6);
    return byContext(context, PHONE_WORDS, 0.9, separated ? 0.8 : 0);
  },
};

const koreanInternational: Recognizer = {
  kind: "PHONE_NUMBER",
  pattern: new RegExp(
    `(?<![\\d+])(?<!\\d[-.])(?:\\(?\\+\\s?82\\)?|0082|82)${SEPARATOR}?(?:\\(0\\)\\s?)?0?(?:1[016789]|${AREA})${SEPARATOR}?\\d{3,4}${SEPARATOR}?\\d{4}(?!\\d|-\\d)`,
    "g",
  ),
  score(match, context) {
    return match[0].includes("+") || match[0].startsWith("00") ? 0.95 : byContext(context, PHONE_WORDS, 0.9, 0);
  },
};

/** E.164 numbers of other countries: the plus sign, then 8 to 15 digits. */
const international: Recognizer = {
  kind: "PHONE_NUMBER",
  pattern: /(?<![\d+\w])\+\d{1,3}(?:[-. ]?\(?\d{1,4}\)?){2,6}(?!\d)/g,
  score(match, context) {
    const count = digitsOf(match[0]).length;
    return count < 8 || count > 15 ? 0 : byContext(context, PHONE_WORDS, 0.9, 0.7);
  },
};

const northAmerican: Recognizer = {
  kind: "PHONE_NUMBER",
  pattern:
    /(?<!\d)(?<!\d[-.])(?:\+?1[-. ])?(?:\([2-9]\d{2}(\) ?)|[2-9]\d{2}([-. ])?)[2-9]\d{2}([-. ])?\d{4}(?!\d|-\d)/g,
  score(match, context) {
    if (namesAThing(context)) return 0;
    const afterArea = match[1] ?? match[2];
    // Three blank-separated groups may be any figures; brackets or hyphens are how telephone numbers are written.
    if (afterArea !== undefined && afterArea !== " " && match[3] !== undefined)
      return byContext(context, PHONE_WORDS, 0.9, 0.7);
    return byContext(context, PHONE_WORDS, 0.75, 0);
  },
};

/** National numbers of other countries have no common form but the leading zero, so a word for telephone must stand near. */
const foreignNational: Recognizer = {
  kind: "PHONE_NUMBER",
  pattern: /(?<![\d+])(?<!\d[-.])0\d{1,4}[ -]\d{3,4}[ -]?\d{3,4}(?!\d|-\d)/g,
  score: (_match, context) => byContext(context, PHONE_WORDS, 0.75, 0),
};

export const phoneNumbers: readonly Recognizer[] = [
  mobile,
  landline,
  koreanInternational,
  international,
  northAmerican,
  foreignNational,
];
