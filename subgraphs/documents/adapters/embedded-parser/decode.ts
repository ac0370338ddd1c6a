import { detect as detectCharset } from "chardet";
import iconv from "iconv-lite";

export interface DecodedText {
  text: string;
  encoding: string;
  /** Bytes that stand for no character were replaced with U+FFFD. */
  damaged: boolean;
}

const SAMPLE_BYTES = 64 * 1024;

const decodeAs = (bytes: Uint8Array, encoding: string): DecodedText => {
  const text = iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), encoding);
  return { text, encoding, damaged: text.includes("\ufffd") };
};

/** Names that in practice mean a larger character set: pages that say EUC-KR hold CP949, those that say ISO-8859-1 hold CP1252. */
function practicalEncoding(name: string): string {
  const lower = name.trim().toLowerCase();
  if (/^(euc-?kr|ks_?c_?5601.*|korean|windows-949|ms949|uhc|cp949)$/.test(lower)) return "cp949";
  if (/^(iso-?8859-1|latin-?1|us-ascii|ascii|windows-1252|cp1252)$/.test(lower)) return "windows-1252";
  return lower;
}

function byteOrderMark(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return null;
}

/**
 * UTF-16 without a byte order mark: its zero bytes fall on one side, or, where Hangul leaves few zeros, nearly every unit read that
 * way is a letter, a space or punctuation. Returns null for anything else.
 */
export function guessUtf16(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  const length = Math.min(bytes.length, 4096) & ~1;
  if (length < 8) return null;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let i = 0; i < length; i += 2) {
    if (bytes[i] === 0) evenZeros++;
    if (bytes[i + 1] === 0) oddZeros++;
  }
  if (oddZeros > length * 0.15 && oddZeros > evenZeros * 4) return "utf-16le";
  if (evenZeros > length * 0.15 && evenZeros > oddZeros * 4) return "utf-16be";
  for (const encoding of ["utf-16le", "utf-16be"] as const) {
    const text = iconv.decode(Buffer.from(bytes.subarray(0, length)), encoding);
    const plausible = text.match(/[\n\r\t\x20-\x7e\uac00-\ud7a3\u3000-\u30ff\u2010-\u2030]/g)?.length ?? 0;
    if (plausible > text.length * 0.95 && /[ \n]/.test(text)) return encoding;
  }
  return null;
}

/** UTF-8, also with a few broken bytes, as long as its other multi-byte sequences are right. */
function tryUtf8(bytes: Uint8Array): DecodedText | null {
  const text = new TextDecoder("utf-8").decode(bytes);
  if (text.includes("\u0000")) return null;
  let broken = 0;
  let multiByte = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0xfffd) broken++;
    else if (unit > 0x7f) multiByte++;
  }
  if (broken > 0 && broken > multiByte * 0.02) return null;
  return { text, encoding: "utf-8", damaged: broken > 0 };
}

/**
 * CP949, the superset of EUC-KR that Korean Windows writes: most of its two-byte characters lie in the Hangul block of KS X 1001.
 * Asked before any statistical guess, because those take short Korean texts for Big5. (`TextDecoder("euc-kr")` lacks 8,822 syllables.)
 */
function tryCp949(bytes: Uint8Array): DecodedText | null {
  let pairs = 0;
  let hangul = 0;
  const length = Math.min(bytes.length, SAMPLE_BYTES);
  for (let i = 0; i < length; i++) {
    const lead = bytes[i] ?? 0;
    if (lead < 0x81 || lead === 0xff) continue;
    const trail = bytes[i + 1] ?? 0;
    pairs++;
    if (lead >= 0xb0 && lead <= 0xc8 && trail >= 0xa1) hangul++;
    if (trail > 0x40) i++;
  }
  if (pairs === 0 || hangul <= pairs * 0.7) return null;
  const decoded = decodeAs(bytes, "cp949");
  const broken = decoded.text.match(/\ufffd/g)?.length ?? 0;
  return broken <= decoded.text.length * 0.001 ? decoded : null;
}

/**
 * Text from bytes of unknown encoding: byte order mark, UTF-16 by its shape, UTF-8, the declared encoding, CP949, then a guess.
 * UTF-8 goes before the declaration since files saved anew often keep an old one. Never throws.
 */
export function decodeText(bytes: Uint8Array, declared?: string): DecodedText {
  const marked = byteOrderMark(bytes);
  if (marked) return decodeAs(bytes, marked);
  const wide = guessUtf16(bytes);
  if (wide && bytes.subarray(0, 4096).includes(0)) return decodeAs(bytes, wide);
  const utf8 = tryUtf8(bytes);
  if (utf8) return utf8;
  if (wide) return decodeAs(bytes, wide);
  if (declared) {
    const encoding = practicalEncoding(declared);
    if (!/^utf-?8$/.test(encoding) && iconv.encodingExists(encoding)) {
      const decoded = decodeAs(bytes, encoding);
      if (!decoded.damaged) return decoded;
    }
  }
  const korean = tryCp949(bytes);
  if (korean) return korean;
  const guess = practicalEncoding(detectCharset(bytes.subarray(0, SAMPLE_BYTES)) ?? "windows-1252");
  return decodeAs(bytes, iconv.encodingExists(guess) ? guess : "windows-1252");
}
