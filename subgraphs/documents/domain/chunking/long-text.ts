/**
 * Cuts a text that is too long for one chunk into pieces of about `pieceTokens`, at white space where there is any,
 * never inside a surrogate pair. The pieces joined by nothing are the text. Token density is taken as even; the caller
 * counts the pieces again.
 */
export function splitLongText(text: string, tokens: number, pieceTokens: number): string[] {
  const length = Math.max(1, Math.floor((text.length * pieceTokens) / Math.max(tokens, 1)));
  const pieces: string[] = [];
  let from = 0;
  while (from < text.length) {
    let to = Math.min(text.length, from + length);
    if (to < text.length) to = cutBefore(text, from, to);
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}

function cutBefore(text: string, from: number, to: number): number {
  const earliest = from + Math.floor((to - from) / 2);
  for (let at = to; at > earliest; at--) if (/\s/.test(text[at - 1] as string)) return at;
  const code = text.charCodeAt(to - 1);
  const splitsPair = code >= 0xd800 && code <= 0xdbff;
  return splitsPair ? (to - 1 > from ? to - 1 : to + 1) : to;
}

/** A text, or a piece of one that was too long. */
export interface FittingText {
  text: string;
  tokens: number;
  /** Index of the text it came from. */
  source: number;
  /** Number of the piece within its text. */
  piece: number;
  /** No white space stood between it and the piece before. */
  glued: boolean;
}

/**
 * Counts texts and cuts those over `limit` tokens into pieces of about `pieceTokens`. Each round cuts what is still
 * too long into smaller pieces, so that it ends even where token density is uneven.
 */
export async function cutToFit(
  texts: readonly string[],
  limit: number,
  pieceTokens: number,
  countTokens: (texts: string[]) => Promise<number[]>,
): Promise<FittingText[]> {
  let fitting = texts.map((text, source) => ({ text, source, piece: 0, glued: false, tokens: 0 }));
  for (let room = Math.min(pieceTokens, limit); ; room = Math.max(1, Math.floor(room / 2))) {
    const counts = await countTokens(fitting.map(({ text }) => text));
    fitting = fitting.map((piece, index) => ({ ...piece, tokens: counts[index] ?? 0 }));
    const isTooLong = ({ text, tokens }: FittingText) => tokens > limit && text.length > 2;
    if (!fitting.some(isTooLong)) return number(fitting);
    fitting = fitting.flatMap((piece) => (isTooLong(piece) ? cut(piece, room) : [piece]));
  }
}

function cut(long: FittingText, room: number): FittingText[] {
  const pieces = splitLongText(long.text, long.tokens, room);
  return pieces
    .map((text, index) => {
      const glued = index === 0 ? long.glued : !/\s$/.test(pieces[index - 1] as string);
      return { ...long, text: text.trim(), glued };
    })
    .filter(({ text }) => text !== "");
}

function number(fitting: readonly FittingText[]): FittingText[] {
  let piece = 0;
  return fitting.map((text, index) => {
    piece = fitting[index - 1]?.source === text.source ? piece + 1 : 0;
    return { ...text, piece };
  });
}
