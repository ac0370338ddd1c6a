import { expect, test } from "vitest";
import { introducesAlias } from "./alias-rules.js";

/** "first|second" marks the two names. */
const read = (text: string): boolean => {
  const [, first = "", between = "", second = "", after = ""] = /<(.+?)>(.*?)<(.+?)>(.*)/su.exec(text) ?? [];
  return introducesAlias(first, second, { between, after });
};

test.each([
  "<한국전력공사>(<한전>)는 전기를 공급한다.",
  "<한국전력공사>(이하 “<한전>”이라 한다)는",
  "<국민건강보험공단> (<국건보>)에서 안내한다.",
  "The <World Health Organization> (<WHO>) says so.",
  "<WHO> (the <World Health Organization>) says so.",
  "The <Bank of England> (<BOE>) and",
  "the <Ministry of Health and Welfare> (<MHW>)",
])("an alias is introduced: %s", (text) => expect(read(text)).toBe(true));

test.each([
  "<한국전력공사>(<나주>)는 전기를 공급한다.",
  "<Seoul> (<Korea>)",
  "The <World Health Organization> and <WHO> met.",
  "The <World Health Organization> (<UNICEF>)",
  "<인사팀>(<인사>)",
  "The <World Health Organization> (<WHO> and others)",
])("brackets alone make no alias: %s", (text) => expect(read(text)).toBe(false));
