import { isIbanChecked, isLuhnChecked } from "../check-digits.js";
import { byContext, digitsOf, namesAThing, type Recognizer } from "./recognizer.js";

const CARD_WORDS = /카드|card|visa|master|amex/;
const ACCOUNT_WORDS =
  /계좌|예금주|입금|송금|이체|환급|급여\s?통장|통장|은행|뱅크|농협|수협|신협|새마을금고|우체국|account|a\/c|bank|iban|deposit/;

/** A bank's short name counts right before the number only: most are ordinary words too ("우리", "하나"). */
const BANK_BEFORE =
  /(?:국민|신한|우리|하나|기업|농협|카카오|토스|케이|수협|씨티|sc제일|부산|대구|경남|광주|전북|제주|산업|kb|nh|ibk|kdb|shinhan|woori|hana)\s*[:：]?\s*$/;

/** Card numbers by Luhn's check and leading digit (ISO/IEC 7812; 9 for Korean domestic cards). */
const card: Recognizer = {
  kind: "CREDIT_CARD",
  pattern: /(?<!\d)(?<!\d[-.])[34569]\d{3}([- ]{0,3})\d{4}\1\d{4}\1\d{1,7}(?!\d|-\d)/g,
  score(match, context) {
    const digits = digitsOf(match[0]);
    if (digits.length > 19 || namesAThing(context)) return 0;
    // Thirteen bare digits are a book's or an article's number more often than a card's (ISO 2108: 978, 979).
    const usual = match[1] !== "" || digits.length === 16 || (digits.length === 14 && digits.startsWith("3"));
    if (isLuhnChecked(digits)) return byContext(context, CARD_WORDS, 1, !usual ? 0 : match[1] ? 0.95 : 0.8);
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
    return BANK_BEFORE.test(context.before) ? 0.72 : byContext(context, ACCOUNT_WORDS, 0.72, 0);
  },
};

/** International account numbers by their check digits (ISO 13616). */
const iban: Recognizer = {
  kind: "IBAN",
  pattern: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g,
  score(match) {
    const compact = match[0].replaceAll(" ", "");
    return compact.length >= 15 && compact.length <= 34 && isIbanChecked(compact) ? 0.98 : 0;
  },
};

export const financialNumbers: readonly Recognizer[] = [card, fifteenDigitCard, bankAccount, iban];
