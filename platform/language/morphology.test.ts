import { expect, test } from "vitest";
import { contentMorphemes, loadMorphology, nouns } from "./morphology.js";

test("a question gives its nouns as real morphemes", async () => {
  expect((await nouns("연차 휴가 신청 방법이 뭐야?")).slice(0, 3)).toEqual(["연차", "휴가", "신청"]);
});

test("particles and endings are no content", async () => {
  const content = await contentMorphemes("인사팀이 소유한 연차휴가는 그룹웨어를 통해 관리된다.");
  expect(content).toEqual(["인사", "팀", "소유", "연차", "휴가", "그룹웨어", "통해", "관리"]);
});

test("offsets point at the morpheme in the text", async () => {
  const { analyze } = await loadMorphology();
  const text = "  휴가 😀 abc 12일, 휴가\n신청";
  for (const { surface, start, end } of analyze(text)) expect(text.slice(start, end)).toBe(surface);
  expect(analyze("")).toEqual([]);
});

test("the dictionary is loaded once", async () => {
  expect(await loadMorphology()).toBe(await loadMorphology());
});
