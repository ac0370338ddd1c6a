import { expect, test } from "vitest";
import { createKoreanDetector } from "../../../platform/pii/korean-detector.js";
import { mask } from "../../../platform/pii/mask.js";
import { createOutputGuard } from "./output-guard.js";

const detector = createKoreanDetector();

async function guarded(pieces: readonly string[]): Promise<string[]> {
  const guard = createOutputGuard(detector);
  const out: string[] = [];
  for (const piece of pieces) out.push(await guard.push(piece));
  out.push(await guard.end());
  return out;
}

const SECRETS: readonly (readonly [text: string, secret: string])[] = [
  ["담당자 번호는 010-1234-5678입니다. 전화 주세요.", "1234"],
  ["담당자 번호는 010 9876 5432 입니다.", "9876"],
  ["메일은 gildong.hong@example.co.kr로 보내세요.", "gildong"],
  ["Write to jane_doe@example.com today.", "jane"],
  ["주민등록번호 900101-1234568 은 적지 마세요.", "1234568"],
  ["카드 4111 1111 1111 1111 로 결제했습니다.", "4111"],
  ["서버 주소는 192.168.10.25 입니다.", "168"],
  ["급여는 110-234-567890 계좌로 입금됩니다.", "567890"],
  ["번호는 110-234-567890 신한은행 계좌입니다.", "567890"],
];

test("personal data cut at any place of the stream is never shown", async () => {
  for (const [text, secret] of SECRETS) {
    expect(mask(text, await detector.detect(text)).text).not.toContain(secret);
    for (let a = 0; a <= text.length; a++) {
      const shown = (await guarded([text.slice(0, a), text.slice(a)])).join("");
      expect(shown).not.toContain(secret);
    }
    expect((await guarded([...text])).join("")).not.toContain(secret);
  }
});

test("text without personal data comes through unchanged", async () => {
  const text = "연차는 15일이며 2025. 1. 1.부터 적용됩니다 [1]. See section 3.2 (page 12), about 1,500 tokens.\n- a@b";
  expect((await guarded([...text])).join("")).toBe(text);
  expect((await guarded([text])).join("")).toBe(text);
});

test("ordinary words pass at once", async () => {
  const guard = createOutputGuard(detector);
  expect(await guard.push("연차는 ")).toBe("연차는 ");
  expect(await guard.push("열다섯 날입니다")).toBe("열다섯 날입니다");
  // "every [at] …" would be an address: a Latin word waits for what follows its blank.
  expect(await guard.push(" every ")).toBe(" ");
  expect(await guard.push("day")).toBe("every ");
});
