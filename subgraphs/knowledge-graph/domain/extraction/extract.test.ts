import { beforeAll, describe, expect, test } from "vitest";
import { loadMorphology, type Morphology } from "../../../../platform/language/morphology.js";
import { entityKey } from "./entity-key.js";
import { entityType } from "./entity-type.js";
import { type Extraction, extract } from "./extract.js";
import { leadNames } from "./lead-names.js";

let morphology: Morphology;
beforeAll(async () => {
  morphology = await loadMorphology();
});

const run = (text: string, headingPath: string[] = [], documentTitle: string | null = null): Extraction =>
  extract({ text, headingPath, documentTitle }, (part) => morphology.analyze(part));
const keys = (extraction: Extraction): string[] => extraction.mentions.map((mention) => mention.key);
const relation = (extraction: Extraction, type: string): string[] =>
  extraction.relations.filter((r) => r.relationType === type).map((r) => `${r.subject}>${r.object}`);

describe("one thing has one key", () => {
  test.each([
    ["The Beatles", "beatles"],
    ["Carl Rogers's", "carl rogers"],
    ["São Paulo", "sao paulo"],
    ["연차 휴가", "연차휴가"],
    ["연차휴가".normalize("NFD"), "연차휴가"],
    ["VPN 신청", "vpn신청"],
    ["U.S. Army", "u s army"],
    ["?!", ""],
  ])("%s → %s", (name, key) => expect(entityKey(name)).toBe(key));
});

describe("English names", () => {
  test("connectors hold a name together, leading function words do not belong to it", () => {
    const found = keys(run("In the Bank of England, Ludwig van Beethoven met the American Institute of Physics."));
    expect(found).toEqual(
      expect.arrayContaining(["bank of england", "ludwig van beethoven", "american institute of physics"]),
    );
    expect(found.some((key) => key.startsWith("in "))).toBe(false);
  });
  test("a sentence's first word is no name when the text also writes it small", () => {
    expect(keys(run("Employees get leave. All employees ask Human Resources."))).toEqual(["human resources"]);
  });
  test("a possessive ends a name", () => {
    expect(keys(run("It was Hello Love's performer Barry Fey."))).toEqual(
      expect.arrayContaining(["hello love", "barry fey"]),
    );
  });
  test("quoted names count", () => {
    expect(keys(run("the form is called “Leave Request” there"))).toContain("leave request");
  });
  test("placeholders of masked data are no entities", () => {
    expect(keys(run("call [PHONE_NUMBER] or write to [EMAIL]."))).toEqual([]);
  });
});

describe("Korean names", () => {
  test("noun runs and adjacent pairs are entities, particles and verbs are not", () => {
    const found = keys(run("인사팀이 소유한 연차 휴가는 그룹웨어를 통해 관리된다."));
    expect(found).toEqual(expect.arrayContaining(["인사팀", "연차휴가", "그룹웨어"]));
    expect(found).not.toContain("관리");
  });
  test("two spellings are one entity with both as surfaces", () => {
    const mention = run("연차휴가는 15일이다. 연차 휴가를 쓴다.").mentions.find((m) => m.key === "연차휴가");
    expect(mention).toMatchObject({ count: 2, surfaces: expect.arrayContaining(["연차휴가", "연차 휴가"]) });
  });
});

describe("what a chunk is about", () => {
  test("the nearest heading is a lead", () => {
    expect(
      run("미사용 연차는 5일까지 이월한다.", ["연차관리규정", "제3조(연차휴가의 이월)"]).mentions[0],
    ).toMatchObject({
      key: "연차휴가의이월",
      lead: true,
    });
  });
  test.each([
    [["Springfield, Illinois"], null, ["Springfield, Illinois", "Springfield"]],
    [["Hello Love (album)"], null, ["Hello Love"]],
    [["1. Introduction"], null, []],
    [[], "연차관리규정", ["연차관리규정"]],
    [["연차는 며칠인가요?"], "인사 FAQ", []],
  ])("%j and %j name %j", (path, title, names) => expect(leadNames(path as string[], title)).toEqual(names));
  test("without a heading the name that opens the text is the lead", () => {
    const found = run("The Bubye River is a river in Zimbabwe.");
    expect(found.mentions.find((mention) => mention.lead)?.key).toBe("bubye river");
  });
});

describe("relations", () => {
  test.each([
    ["인사팀이 연차휴가를 관리한다.", "MANAGED_BY", "연차휴가>인사팀"],
    ["연차휴가는 인사팀에서 관리한다.", "MANAGED_BY", "연차휴가>인사팀"],
    ["연차휴가는 인사팀이 승인한다.", "APPROVED_BY", "연차휴가>인사팀"],
    ["재택근무제도는 보안접속기가 필요하다.", "REQUIRES", "재택근무제도>보안접속기"],
    ["연차휴가는 인사팀에서 관리된다.", "MANAGED_BY", "연차휴가>인사팀"],
    ["그룹웨어에서 연차휴가를 신청한다.", "REQUESTED_THROUGH", "연차휴가>그룹웨어"],
    ["정보보안팀이 그룹웨어를 소유한다.", "OWNS", "정보보안팀>그룹웨어"],
    ["The Travel Policy is managed by Finance Operations.", "MANAGED_BY", "travel policy>finance operations"],
    ["In 2001 Acme Corp owns Beta Labs.", "OWNS", "acme corp>beta labs"],
    ["The Remote Access Policy requires Multi Factor Login.", "REQUIRES", "remote access policy>multi factor login"],
  ])("%s", (text, type, expected) => expect(relation(run(text), type)).toContain(expected));

  test("names that only share a sentence are related, once per sentence, whichever comes first", () => {
    const found = run("Berlin likes Paris City. Paris City likes Berlin.");
    expect(found.relations).toMatchObject([
      { subject: "berlin", object: "paris city", relationType: "RELATED_TO", count: 2 },
    ]);
  });
});

test("the same chunk always gives the same extraction", () => {
  const text = "인사팀은 연차관리규정에 따라 연차 휴가를 관리한다. Human Resources owns the Leave Portal.";
  expect(run(text)).toEqual(run(text));
});

test.each([
  ["연차관리규정", "POLICY"],
  ["인사팀", "ORGANIZATION"],
  ["Acme Inc.", "ORGANIZATION"],
  ["그룹웨어", "SYSTEM"],
  ["이월", "CONCEPT"],
])("%s is a %s", (name, type) => expect(entityType(name)).toBe(type));

test("a short form in brackets is stated as another name of the same thing", () => {
  expect(relation(run("전기는 한국전력공사(한전)에서 공급한다."), "ALSO_KNOWN_AS")).toEqual(["한국전력공사>한전"]);
  expect(relation(run("Rules come from the International Labour Organization (ILO) then."), "ALSO_KNOWN_AS")).toEqual([
    "international labour organization>ilo",
  ]);
});
