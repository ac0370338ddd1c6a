import { expect, test } from "vitest";
import { searchTokens } from "./search-tokens.js";

const shared = (left: string, right: string) => {
  const tokens = new Set(searchTokens(left).split(" "));
  return searchTokens(right)
    .split(" ")
    .filter((token) => tokens.has(token));
};

test("a Korean word is found whatever particle follows it", () => {
  expect(shared("연차휴가는", "연차휴가를")).toEqual(["연차", "차휴", "휴가"]);
});

test("Latin words and digits inside a Korean word are found", () => {
  expect(shared("VPN", "VPN을 신청")).toEqual(["vpn"]);
  expect(shared("3일", "3일 전까지")).toEqual(["3일"]);
});

test("English case, plural, possessive and diacritics do not matter", () => {
  expect(searchTokens("The Policies of José's DAYS")).toBe("the policy of jose day");
});

test("decomposed and full-width forms give the same tokens", () => {
  expect(searchTokens("ＶＰＮ 연차".normalize("NFD"))).toBe(searchTokens("vpn 연차"));
});

test("tokens are bounded and hold no operator characters", () => {
  expect(searchTokens("가나다라 ".repeat(10_000), { max: 100 }).split(" ")).toHaveLength(100);
  expect(searchTokens("\"+-&|!(){}[]^~*?:\\/ '%")).toBe("");
  expect(searchTokens("")).toBe("");
});
