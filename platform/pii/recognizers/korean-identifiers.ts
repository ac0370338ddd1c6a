import {
  isBirthDate,
  isBusinessNumberChecked,
  isForeignerNumberChecked,
  isResidentNumberChecked,
} from "../check-digits.js";
import { byContext, digitsOf, namesAThing, type Recognizer } from "./recognizer.js";

const RESIDENT_WORDS = /주민|등록\s?번호|생년월일|resident|rrn/;
const FOREIGNER_WORDS = /외국인|거소|등록\s?번호|alien|foreign|frn/;
const BUSINESS_WORDS = /사업자|등록\s?번호|business/;
const PASSPORT_WORDS = /여권|passport/;
const LICENSE_WORDS = /면허|licen[cs]e/;

const REGIONS =
  "서울|부산|경기|강원|충북|충남|전북|전남|경북|경남|제주|대구|인천|광주|대전|울산|경기남부|경기북부|세종";

/**
 * Resident registration number. Check digit when there is one; numbers given or changed since October 2020 have six
 * random digits instead, so the written form with a hyphen and a real birth date is enough, and thirteen bare digits
 * count with a context word.
 */
const residentNumber: Recognizer = {
  kind: "KR_RRN",
  pattern: /(?<!\d)(?<!\d[-.])(\d{6})(\s?[-~]\s?|\s)?([1-4])(\d{6})(?!\d|-\d)/g,
  score(match, context) {
    const [, birth = "", separator = "", seventh = ""] = match;
    if (!isBirthDate(birth, seventh) || namesAThing(context)) return 0;
    const checked = isResidentNumberChecked(digitsOf(match[0]));
    if (checked) return byContext(context, RESIDENT_WORDS, 1, separator ? 0.98 : 0.8);
    return byContext(context, RESIDENT_WORDS, 0.95, separator.includes("-") ? 0.7 : 0);
  },
};

/** A resident or foreigner number whose end is already starred still gives away birth date and sex. */
const starredResidentNumber: Recognizer = {
  kind: "KR_RRN",
  pattern: /(?<!\d)(\d{6})\s?-\s?([1-8])[*xX●•○]{5,6}/g,
  score: (match) => (isBirthDate(match[1] ?? "", match[2] ?? "") ? 0.9 : 0),
};

const foreignerNumber: Recognizer = {
  kind: "KR_FRN",
  pattern: /(?<!\d)(?<!\d[-.])(\d{6})(\s?[-~]\s?|\s)?([5-8])(\d{6})(?!\d|-\d)/g,
  score(match, context) {
    const [, birth = "", separator = "", seventh = ""] = match;
    if (!isBirthDate(birth, seventh) || namesAThing(context)) return 0;
    const checked = isForeignerNumberChecked(digitsOf(match[0]));
    if (checked) return byContext(context, FOREIGNER_WORDS, 1, separator ? 0.95 : 0.75);
    return byContext(context, FOREIGNER_WORDS, 0.95, separator.includes("-") ? 0.7 : 0);
  },
};

const businessNumber: Recognizer = {
  kind: "KR_BRN",
  pattern: /(?<!\d)(?<!\d[-.])\d{3}(\s?-\s?)?\d{2}(\s?-\s?)?\d{5}(?!\d|-\d)/g,
  score(match, context) {
    const checked = isBusinessNumberChecked(digitsOf(match[0]));
    const hyphens = match[1] !== undefined && match[2] !== undefined;
    if (checked) return byContext(context, BUSINESS_WORDS, 1, hyphens ? 0.85 : 0);
    return hyphens ? byContext(context, BUSINESS_WORDS, 0.7, 0) : 0;
  },
};

/** Old form (letter and eight digits) and the one since 2021 (letter, three digits, letter, four digits). */
const passport: Recognizer = {
  kind: "KR_PASSPORT",
  pattern: /(?<![A-Za-z0-9])(?:[MSRODGPT]|PM|PS|PD)\s?(?:\d{8}|\d{7}|\d{3}[A-Z]\d{4})(?![A-Za-z0-9])/gi,
  score: (_match, context) => byContext(context, PASSPORT_WORDS, 0.95, 0.1),
};

const driverLicense: Recognizer = {
  kind: "KR_DRIVER_LICENSE",
  pattern: /(?<!\d)(?<!\d[-.])(\d{2})(\s?-\s?)?(\d{2})(\s?-\s?)?\d{6}(\s?-\s?)?\d{2}(?!\d|-\d)/g,
  score(match, context) {
    const region = Number(match[1]);
    if (region < 11 || region > 28 || namesAThing(context)) return 0;
    const hyphens = match[2] !== undefined && match[4] !== undefined && match[5] !== undefined;
    return byContext(context, LICENSE_WORDS, 0.98, hyphens ? 0.85 : 0);
  },
};

const regionalDriverLicense: Recognizer = {
  kind: "KR_DRIVER_LICENSE",
  pattern: new RegExp(`(?:${REGIONS})\\s?-?\\s?\\d{2}\\s?-\\s?\\d{6}\\s?-\\s?\\d{2}(?!\\d|-\\d)`, "g"),
  score: () => 0.95,
};

export const koreanIdentifiers: readonly Recognizer[] = [
  residentNumber,
  starredResidentNumber,
  foreignerNumber,
  businessNumber,
  passport,
  driverLicense,
  regionalDriverLicense,
];
