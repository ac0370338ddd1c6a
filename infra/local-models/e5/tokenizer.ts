import type { Vocabulary } from "./packed-file.js";

const WORD_MARK = "▁";
/** Distinct words whose segmentation is remembered; natural text repeats most of its words. */
const CACHED_WORDS = 50_000;
/** Longer "words" (base64, long URLs) are segmented but not remembered. */
const CACHED_WORD_LENGTH = 32;
/** SentencePiece's penalty for an unknown character, relative to the least likely piece. */
const UNKNOWN_PENALTY = 10;

/**
 * XLM-R's SentencePiece unigram tokenizer: character normalisation, then the most likely segmentation of each word
 * (Viterbi). No piece of this vocabulary spans two words, so words are segmented one by one and remembered.
 */
export class UnigramTokenizer {
  private readonly ids = new Map<string, number>();
  private readonly longestPiece: number;
  private readonly unknownScore: number;
  private readonly words = new Map<string, readonly number[]>();

  constructor(private readonly vocabulary: Vocabulary) {
    let longest = 1;
    let lowest = 0;
    vocabulary.pieces.forEach((piece, id) => {
      if (piece.length > 0 && !this.ids.has(piece)) this.ids.set(piece, id);
      if (piece.length > longest) longest = piece.length;
      lowest = Math.min(lowest, vocabulary.scores[id] as number);
    });
    this.longestPiece = longest;
    this.unknownScore = lowest - UNKNOWN_PENALTY;
  }

  /** Token ids of the text itself, without begin and end marks. */
  content(text: string): number[] {
    const out: number[] = [];
    for (const word of this.normalize(text).split(" ")) {
      if (word.length > 0) for (const id of this.word(WORD_MARK + word)) out.push(id);
    }
    return out;
  }

  /** Token ids between the begin and the end mark, as the model reads them. Not truncated. */
  encode(text: string): number[] {
    return [this.vocabulary.bos, ...this.content(text), this.vocabulary.eos];
  }

  /** How many tokens the model reads for this text, marks included. */
  count(text: string): number {
    return this.content(text).length + 2;
  }

  /** The piece behind an id, the word mark shown as it is stored. */
  piece(id: number): string {
    return this.vocabulary.pieces[id] ?? "";
  }

  isSpecial(id: number): boolean {
    return id === this.vocabulary.bos || id === this.vocabulary.eos;
  }

  private normalize(text: string): string {
    let out = "";
    for (const character of text) {
      out += this.vocabulary.normalization.get(character.codePointAt(0) as number) ?? character;
    }
    return out;
  }

  private word(word: string): readonly number[] {
    const known = this.words.get(word);
    if (known !== undefined) return known;
    const ids = this.segment(word);
    if (word.length <= CACHED_WORD_LENGTH) {
      if (this.words.size >= CACHED_WORDS) this.words.clear();
      this.words.set(word, ids);
    }
    return ids;
  }

  private segment(word: string): number[] {
    const length = word.length;
    const best = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY);
    const piece = new Int32Array(length + 1);
    const from = new Int32Array(length + 1);
    best[0] = 0;
    for (let start = 0; start < length; start++) {
      const score = best[start] as number;
      if (score === Number.NEGATIVE_INFINITY) continue;
      const limit = Math.min(length, start + this.longestPiece);
      for (let end = start + 1; end <= limit; end++) {
        const id = this.ids.get(word.slice(start, end));
        if (id === undefined || id === this.vocabulary.unknown) continue;
        const candidate = score + (this.vocabulary.scores[id] as number);
        if (candidate > (best[end] as number)) {
          best[end] = candidate;
          piece[end] = id;
          from[end] = start;
        }
      }
      const code = word.charCodeAt(start);
      const next = start + (code >= 0xd800 && code < 0xdc00 ? 2 : 1);
      if (next <= length && score + this.unknownScore > (best[next] as number)) {
        best[next] = score + this.unknownScore;
        piece[next] = this.vocabulary.unknown;
        from[next] = start;
      }
    }
    const out: number[] = [];
    // A lone high surrogate at the very end has no complete step: it is one unknown character.
    if (best[length] === Number.NEGATIVE_INFINITY) return [...this.segment(word.slice(0, -1)), this.vocabulary.unknown];
    for (let end = length; end > 0; end = from[end] as number) out.push(piece[end] as number);
    return out.reverse();
  }
}
