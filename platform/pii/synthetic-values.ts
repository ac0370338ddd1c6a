import {
  isBusinessNumberChecked,
  isForeignerNumberChecked,
  isIbanChecked,
  isLuhnChecked,
  isResidentNumberChecked,
} from "./check-digits.js";
import type { PiiKind } from "./detector.js";

/** A repeatable source of integers in [0, below) (mulberry32). */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/**
 * A made-up but well-formed value of a kind, check digit included, for tests and canaries of masking.
 * `random(n)` gives an integer in [0, n).
 */
export function syntheticValue(kind: PiiKind, random: (below: number) => number): string {
  const digits = (count: number) => Array.from({ length: count }, () => random(10)).join("");
  const between = (low: number, high: number) => String(low + random(high - low + 1));
  const two = (low: number, high: number) => between(low, high).padStart(2, "0");
  const oneOf = (choices: readonly string[]) => choices[random(choices.length)] as string;
  const birth = () => `${two(0, 99)}${two(1, 12)}${two(1, 28)}`;
  const separator = oneOf(["-", " ", "-"]);
  switch (kind) {
    case "KR_RRN":
      return hyphenate(completed(birth() + between(1, 4) + digits(5), isResidentNumberChecked), [6], "-");
    case "KR_FRN":
      return hyphenate(completed(birth() + between(5, 8) + digits(5), isForeignerNumberChecked), [6], "-");
    case "KR_BRN":
      return hyphenate(completed(between(101, 899) + digits(6), isBusinessNumberChecked), [3, 5], "-");
    case "KR_PASSPORT":
      return random(2) ? `M${digits(8)}` : `M${digits(3)}${oneOf(["A", "B", "K"])}${digits(4)}`;
    case "KR_DRIVER_LICENSE":
      return `${between(11, 28)}-${two(60, 99)}-${digits(6)}-${digits(2)}`;
    case "KR_BANK_ACCOUNT":
      return `${digits(6)}-${digits(2)}-${digits(6)}`;
    case "PHONE_NUMBER":
      return `${oneOf(["010", "+82 10", "02", "031"])}${separator}${between(1000, 9999)}${separator}${digits(4)}`;
    case "CREDIT_CARD":
      return hyphenate(completed(oneOf(["4", "5", "9"]) + digits(14), isLuhnChecked), [4, 8, 12], separator);
    case "IBAN": {
      const account = digits(18);
      for (let check = 2; ; check++) {
        const made = `DE${String(check).padStart(2, "0")}${account}`;
        if (isIbanChecked(made)) return made;
      }
    }
    case "EMAIL":
      return `user${digits(3)}.${oneOf(["kim", "lee"])}@${oneOf(["example.com", "mail.example.co.kr"])}`;
    case "IP_ADDRESS":
      return `203.0.113.${between(1, 254)}`;
    case "US_SSN":
      return `${between(100, 665)}-${two(1, 99)}-${between(1000, 9999)}`;
  }
}

function completed(stem: string, isChecked: (digits: string) => boolean): string {
  for (let digit = 0; digit < 10; digit++) if (isChecked(stem + digit)) return stem + digit;
  throw new RangeError("no check digit fits");
}

function hyphenate(digits: string, at: readonly number[], separator: string): string {
  const bounds = [0, ...at, digits.length];
  return bounds
    .slice(1)
    .map((end, index) => digits.slice(bounds[index], end))
    .join(separator);
}
