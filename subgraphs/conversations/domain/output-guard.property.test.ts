import { expect, test } from "vitest";
import { createKoreanDetector } from "../../../platform/pii/korean-detector.js";
import { createOutputGuard } from "./output-guard.js";

const detector = createKoreanDetector();

/** Sentences with a value in them, and the part of the value that must never be seen. */
const LEAKS: readonly (readonly [text: string, secret: string])[] = [
  ["전화는 010-1234-5678 번이고 ［010－8765－4321］로도 받습니다.", "8765"],
  ["외국인등록번호 900101-5234567 을 확인했습니다.", "5234567"],
  ["사업자등록번호는 123-45-67890 입니다. 다음 문장.", "67890"],
  ["여권번호 M12345678 로 예약했습니다.", "12345678"],
  ["운전면허 11-12-345678-90 을 제출했습니다.", "345678"],
  ["Call +82 10 2345 6789 or +1 (415) 555-0132 now.", "6789"],
  ["SSN 123-45-6789 is on file.", "6789"],
  ["계좌 110-234-567890 (신한은행) 으로 보냅니다.", "567890"],
  ["IP 2001:db8::8a2e:370:7334 에서 접속했습니다.", "8a2e"],
  ["메일: gildong [at] example.co.kr 그리고 끝.", "gildong"],
];

async function pieces(texts: readonly string[]): Promise<string[]> {
  const guard = createOutputGuard(detector);
  const shown: string[] = [];
  for (const text of texts) shown.push(await guard.push(text));
  shown.push(await guard.end());
  return shown;
}

test("whatever two places a stream is cut at, what is shown is what masking the whole text shows", async () => {
  for (const [text, secret] of LEAKS) {
    const whole = (await pieces([text])).join("");
    expect(whole).not.toContain(secret);
    for (let a = 1; a < text.length; a++) {
      const b = a + 1 + ((a * 7) % Math.max(1, text.length - a));
      const cut = (await pieces([text.slice(0, a), text.slice(a, b), text.slice(b)])).join("");
      expect(cut, JSON.stringify([text, a, b])).toBe(whole);
    }
    expect((await pieces([...text])).join("")).toBe(whole);
  }
});

/** By how many deltas each delta's last character is shown later than it came; 0 is at once. */
async function delays(deltas: readonly string[]): Promise<number[]> {
  const guard = createOutputGuard(detector);
  const out: number[] = [];
  let [came, seen, done] = [0, 0, 0];
  const ends: number[] = [];
  for (const [i, delta] of deltas.entries()) {
    came += delta.length;
    ends.push(came);
    seen += (await guard.push(delta)).length;
    for (; (ends[done] ?? Number.POSITIVE_INFINITY) <= seen; done++) out.push(i - done);
  }
  for (; done < ends.length; done++) out.push(deltas.length - done);
  return out;
}

test("a Latin word waits for its end, three deltas of four characters at most, Korean text for nothing", async () => {
  const text =
    "연차는 15일이며 2025년부터 적용됩니다 [1]. Employees may work remotely up to 3 days per week [2]. 신청은 포털에서 합니다. ";
  const tokens = text.match(/\S{1,4}\s?|\s/gu) ?? [];
  const held = await delays(tokens);
  expect(Math.max(...held)).toBeLessThanOrEqual(3);
  expect(
    new Set(await delays("연차는 사내 포털에서 신청하며 팀장이 승인합니다. ".match(/\S{1,3}\s?/gu) ?? [])),
  ).toEqual(new Set([0]));
});
