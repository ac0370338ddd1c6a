import { isLuhnChecked } from "../check-digits.js";
import { byContext, digitsOf, type Recognizer } from "./recognizer.js";

const CARD_WORDS = /카드|card|visa|master|amex/;
const ACCOUNT_WORDS =
  /계좌|예금주|입금|송금|이체|환급|급여\s?통장|통장|은행|뱅크|농협|수협|신협|새마을금고|우체국|account|a\/c|bank|iban|deposit/;

/** Card numbers by Luhn's check and leading digit (ISO/IEC 7812; 9 for Korean domestic cards). */
const card: Recognizer = {
  kind: "CREDIT_CARD",
  pattern: /(?<!\d)(?<!\d[-.])[34569]\d{3}([- ]{0,3})\d{4}\1\d{4}\1\d{1,7}(?!\d|-\d)/g,
  score(match, context) {
    const digits = digitsOf(match[0]);
    if (digits.length > 19) return 0;
    if (isLuhnChecked(digits)) return byContext(context, CARD_WORDS, 1, match[1] ? 0.95 : 0.8);
    return match[1] && digits.length === 16 ? byContext(context, CARD_WORDS, 0.75, 0) : 0;
  },
};

const fifteenDigitCard: Recognizer = {
  kind: "CREDIT_CARD",
  pattern: /(?<!\d)(?<!\d[-.])3[47]\d{2}[- ]?\d{6}[- ]?\d{5}(?!\d|-\d)/g,
  score: (match) => (isLuhnChecked(digitsOf(match[0])) ? 0.95 : 0),
};

/** Account numbers follow no common form, so a word for account, bank or transfer must be near. */
const bankAccount: Recognizer = {
  kind: "KR_BANK_ACCOUNT",
  pattern: /(?<!\d)(?<!\d[-.,])(?:\d{2,6}(?:\s?-\s?\d{1,8}){1,4}|\d{10,16})(?!\d|-\d|,\d{3})/g,
  score(match, context) {
    const count = digitsOf(match[0]).length;
    if (count < 10 || count > 16) return 0;
    return byContext(context, ACCOUNT_WORDS, 0.72, 0);
  },
};

export const financialNumbers: readonly Recognizer[] = [card, fifteenDigitCard, bankAccount];
