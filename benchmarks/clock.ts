/** Microseconds of a clock that all processes of this machine share and that never steps. */
export const sharedMicroseconds = (): number => Number(process.hrtime.bigint() / 1000n);

const LETTERS = 12;
const FIRST = "a".charCodeAt(0);

/**
 * A time as a word of letters. Digits would be held back, and masked, by whoever looks for telephone numbers in a model's
 * text; a word of letters is passed on like any other.
 */
export function stampOf(microseconds: number): string {
  let rest = Math.round(microseconds);
  let word = "";
  for (let i = 0; i < LETTERS; i++) {
    word = String.fromCharCode(FIRST + (rest % 26)) + word;
    rest = Math.floor(rest / 26);
  }
  return word;
}

/** The time of a word that `stampOf` wrote. @throws Error for any other word */
export function timeOf(stamp: string): number {
  if (!/^[a-z]{12}$/.test(stamp)) throw new Error(`"${stamp}" is not a stamp`);
  return [...stamp].reduce((time, letter) => time * 26 + letter.charCodeAt(0) - FIRST, 0);
}
