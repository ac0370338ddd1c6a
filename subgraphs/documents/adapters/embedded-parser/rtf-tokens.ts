/** What an RTF file is made of. `word` names a control word; its number is absent where none is written. */
export type RtfToken =
  | { kind: "open" }
  | { kind: "close" }
  | { kind: "word"; word: string; value?: number }
  | { kind: "symbol"; symbol: string }
  | { kind: "byte"; byte: number }
  /** Bytes as they stand, one character each. */
  | { kind: "bytes"; bytes: string };

const TOKEN = /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\/giy;

/** Cuts a file, read as Latin-1, into its tokens; the binary data of `\bin` is skipped. */
export function* rtfTokens(source: string): Generator<RtfToken> {
  const pattern = new RegExp(TOKEN);
  for (let match = pattern.exec(source); match; match = pattern.exec(source)) {
    const [, word, value, hex, symbol, brace, bytes] = match;
    if (word === "bin") pattern.lastIndex += Math.max(0, Number(value ?? 0));
    else if (word !== undefined)
      yield { kind: "word", word: word.toLowerCase(), ...(value === undefined ? {} : { value: Number(value) }) };
    else if (hex !== undefined) yield { kind: "byte", byte: Number.parseInt(hex, 16) };
    else if (symbol !== undefined) yield { kind: "symbol", symbol };
    else if (brace !== undefined) yield { kind: brace === "{" ? "open" : "close" };
    else if (bytes !== undefined) yield { kind: "bytes", bytes };
  }
}
