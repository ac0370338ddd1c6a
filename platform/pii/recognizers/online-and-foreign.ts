import { isIPv6 } from "node:net";
import { byContext, namesAThing, type Recognizer } from "./recognizer.js";

const ADDRESS_WORDS = /(?:^|[^a-z])ip(?:v[46])?(?:[^a-z]|$)|아이피|접속|서버|주소|host|dns|address|server|client/;
const VERSION_WORDS =
  /(?:버전|version|ver\.?|v|릴리스|release|펌웨어|firmware|제|절|section|sec\.)(?:[은는이가]|\s+is)?\s*[:：]?\s*$/;
const VERSION_AFTER = /^\s*(?:버전|릴리스|version|release)/;
const SSN_WORDS = /ssn|social\s?security|사회\s?보장/;

/** The last label is ASCII letters, so that a Korean particle typed after it ("…com으로") stays outside. */
const email: Recognizer = {
  kind: "EMAIL",
  pattern:
    /(?:(?<![A-Za-z0-9_%+-])[A-Za-z0-9_%+](?:[A-Za-z0-9._%+'-]{0,126}[A-Za-z0-9_%+-])?|(?<![\p{L}\p{N}])[가-힣]{2,10})(?:\s?[[(]\s?(?:at|@|골뱅이)\s?[\])]\s?|@)(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,6}(?:[A-Za-z]{2,24}|한국)/gu,
  score: () => 0.98,
};

const ipv4: Recognizer = {
  kind: "IP_ADDRESS",
  pattern: /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d]|\.\d)/g,
  score(match, context) {
    if (VERSION_WORDS.test(context.before) || VERSION_AFTER.test(context.after)) return 0;
    const octets = match[0].split(".");
    // Loopback and the unspecified address name no one.
    if (octets[0] === "127" || octets[0] === "0") return 0;
    // "1.2.3.4" alone is a section or a version.
    const small = octets.every((octet) => octet.length === 1);
    return byContext(context, ADDRESS_WORDS, 0.9, small ? 0.3 : 0.65);
  },
};

const ipv6: Recognizer = {
  kind: "IP_ADDRESS",
  pattern: /(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])/g,
  score(match, context) {
    if (!isIPv6(match[0])) return 0;
    const groups = match[0].split(":").filter(Boolean).length;
    return groups >= 3 ? 0.8 : groups === 2 ? byContext(context, ADDRESS_WORDS, 0.8, 0) : 0;
  },
};

const socialSecurityNumber: Recognizer = {
  kind: "US_SSN",
  pattern: /(?<!\d)(?<!\d[-.])(\d{3})([- ]?)(\d{2})\2(\d{4})(?!\d|-\d)/g,
  score(match, context) {
    const [, area = "", separator = "", group = "", serial = ""] = match;
    if (area === "000" || area === "666" || area.startsWith("9") || group === "00" || serial === "0000") return 0;
    if (namesAThing(context)) return 0;
    return byContext(context, SSN_WORDS, 0.98, separator === "-" ? 0.7 : 0);
  },
};

export const onlineAndForeign: readonly Recognizer[] = [email, ipv4, ipv6, socialSecurityNumber];
