const RRN_WEIGHTS = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
const BRN_WEIGHTS = [1, 3, 7, 1, 3, 7, 1, 3, 5];

function digitAt(digits: string, at: number): number {
  return digits.charCodeAt(at) - 48;
}

function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * digitAt(digits, at), 0);
}

/** Check digit of a Korean resident registration number (13 digits, those issued before October 2020). */
export function isResidentNumberChecked(digits: string): boolean {
  return (11 - (weightedSum(digits, RRN_WEIGHTS) % 11)) % 10 === digitAt(digits, 12);
}

/** Check digit of a Korean foreigner registration number (13 digits): the resident one plus two. */
export function isForeignerNumberChecked(digits: string): boolean {
  return (13 - (weightedSum(digits, RRN_WEIGHTS) % 11)) % 10 === digitAt(digits, 12);
}

/** Check digit of a Korean business registration number (10 digits). */
export function isBusinessNumberChecked(digits: string): boolean {
  const sum = weightedSum(digits, BRN_WEIGHTS) + Math.floor((digitAt(digits, 8) * 5) / 10);
  return (10 - (sum % 10)) % 10 === digitAt(digits, 9);
}

/** Luhn's check (ISO/IEC 7812-1) of a card number of 12 to 19 digits. */
export function isLuhnChecked(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, double = false; at >= 0; at--, double = !double) {
    const digit = digitAt(digits, at);
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}

/** Check digits of an IBAN without blanks (ISO 13616: rearranged, letters as 10 to 35, modulo 97 is 1). */
export function isIbanChecked(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** Whether "YYMMDD" is a day of the century that the seventh digit of a registration number names. */
export function isBirthDate(yymmdd: string, seventh: string): boolean {
  const century = "1256".includes(seventh) ? 1900 : "3478".includes(seventh) ? 2000 : 1800;
  const year = century + Number(yymmdd.slice(0, 2));
  const month = Number(yymmdd.slice(2, 4));
  const day = Number(yymmdd.slice(4, 6));
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
