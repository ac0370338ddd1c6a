import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { decodeText } from "./decode.js";

const KOREAN = "연차휴가는 십오 일이며 똠방각하와 펲시콜라도 씁니다.\n다음 줄입니다.";
const WESTERN = "Die schöne Frau zahlt 15,50 €. L’été était très chaud cette année.";

const withMark = (text: string, encoding: string): Buffer => iconv.encode(text, encoding, { addBOM: true });

describe("text encodings", () => {
  test.each([
    ["UTF-8", iconv.encode(KOREAN, "utf-8")],
    ["UTF-8 with a mark", withMark(KOREAN, "utf-8")],
    ["UTF-16 LE with a mark", withMark(KOREAN, "utf-16le")],
    ["UTF-16 BE with a mark", withMark(KOREAN, "utf-16be")],
    ["UTF-16 LE without a mark", iconv.encode(KOREAN, "utf-16le")],
    ["CP949, with syllables EUC-KR lacks", iconv.encode(KOREAN, "cp949")],
  ])("Korean in %s is read", (_, bytes) => {
    expect(decodeText(bytes)).toMatchObject({ text: KOREAN, damaged: false });
  });

  test("a short Korean text in EUC-KR is not taken for Chinese", () => {
    expect(decodeText(iconv.encode("휴가 규정", "cp949")).text).toBe("휴가 규정");
  });

  test.each(["windows-1252", "iso-8859-1"])("Western text is read when the page says %s", (declared) => {
    expect(decodeText(iconv.encode(WESTERN, "windows-1252"), declared).text).toBe(WESTERN);
  });

  test("a declaration that the bytes belie is not believed", () => {
    expect(decodeText(iconv.encode(KOREAN, "utf-8"), "iso-8859-1").text).toBe(KOREAN);
  });

  test("one broken byte does not change the encoding of the rest", () => {
    const bytes = Buffer.concat([iconv.encode(KOREAN, "utf-8"), Buffer.from([0xff]), iconv.encode(KOREAN, "utf-8")]);
    const decoded = decodeText(bytes);
    expect(decoded).toMatchObject({ encoding: "utf-8", damaged: true });
    expect(decoded.text.startsWith(KOREAN)).toBe(true);
  });
});
