import { readFile } from "node:fs/promises";
import { buildSchema, type GraphQLObjectType } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { ApiError, type ApiErrorDetail } from "../../clients/typescript/transport.js";
import { answered, ask } from "../answers.js";
import { type Api, apiOf, collect, type Person } from "../product.js";
import { MATRIX, type Row } from "./matrix.js";
import { COMMON, type Holding, nameOf, OWNERS, relationOf, settleAll, VIEWERS } from "./world.js";

let holdings: Holding[];
let before: unknown[];
beforeAll(async () => {
  holdings = await settleAll();
  before = await Promise.all(holdings.map(portrait));
});

/** What an owner would notice if somebody else had laid hands on it. */
const portrait = ({ api, ...of }: Holding): Promise<unknown> =>
  api.run(
    `query ($dataset: ID!, $document: ID!, $conversation: ID!, $answer: ID!) {
      dataset(id: $dataset) { name department documents { totalCount } progress { documents processing completed } }
      document(id: $document) { status version updatedAt chunksCount }
      conversation(id: $conversation) { title messages { totalCount } }
      answer(id: $answer) { status text rating cancelRequested }
      datasets { totalCount } conversations { totalCount }
    }`,
    { dataset: of.datasetId, document: of.documentId, conversation: of.conversationId, answer: of.answerId },
  );

interface Outcome {
  readonly text: string;
  readonly codes: readonly string[];
  /** The field's value; a subscription's events. */
  readonly value: unknown;
}
const codesOf = (errors: readonly ApiErrorDetail[]): string[] =>
  errors.map((error) => error.extensions?.code ?? "none");

async function call(api: Api, field: string, row: Row, of: Holding): Promise<Outcome> {
  if (!field.startsWith("Subscription.")) {
    const { data, errors, text } = await api.raw(row.query, row.variables(of));
    return { text, codes: codesOf(errors), value: data?.[field.split(".")[1] as string] };
  }
  try {
    const events = await collect(api.follow<Record<string, unknown>>(row.query, row.variables(of)));
    return { text: JSON.stringify(events), codes: [], value: events.map((event) => Object.values(event)[0]) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { text: JSON.stringify(error.errors), codes: codesOf(error.errors), value: [] };
  }
}

type Verdict = "shown" | "hidden" | "NotAllowed" | "not called";
function verdictFor(row: Row, viewer: Person, of: Holding): Verdict {
  const relation = relationOf(viewer, of.owner);
  const sees = relation === "owner" || (row.readers === "department" && relation !== "stranger");
  if (!sees) return "hidden";
  if (row.changes !== undefined && relation === "reader")
    return row.hidden === "NotFound" ? "NotAllowed" : "not called";
  return row.changes === "something" ? "not called" : "shown";
}

/** The same holding with ids that were never given out. */
function invented(of: Holding): Holding {
  const entries = Object.entries(of).map(([key, value]) =>
    key.endsWith("Id")
      ? [key, `${String(value).slice(0, -6)}${of.word.length}0f3a7`.slice(0, String(value).length)]
      : [key, value],
  );
  return Object.fromEntries(entries) as Holding;
}
/** An answer without what differs between any two requests: ids that were sent, trace ids, times. */
function essence({ text }: Outcome, sent: Readonly<Record<string, unknown>>): string {
  let plain = text.replaceAll(/"traceId":"[0-9a-f]+"/g, "").replaceAll(/"milliseconds":[\d.]+/g, "");
  for (const value of Object.values(sent)) if (typeof value === "string") plain = plain.replaceAll(value, "…");
  return plain;
}

function expectHidden(row: Row, outcome: Outcome): void {
  const { codes, value, text } = outcome;
  expect(codes, text).toEqual(row.hidden === "BAD_REQUEST" ? ["BAD_REQUEST"] : []);
  if (row.hidden === "null") expect(value).toBeNull();
  if (row.hidden === "NotFound") {
    const { problem, ...things } = value as { problem: unknown } & Record<string, unknown>;
    expect(problem).toMatchObject({ __typename: "NotFound", code: "NOT_FOUND" });
    expect(Object.keys(things).length).toBeGreaterThan(0);
    expect(Object.values(things).filter((thing) => thing !== null && thing !== 0)).toEqual([]);
  }
  if (row.hidden === "failed")
    expect(value).toEqual([
      expect.objectContaining({ __typename: "AnswerFailed", problem: expect.objectContaining({ code: "NOT_FOUND" }) }),
    ]);
}

describe("the matrix", () => {
  test("has a row for every operation of the API and none for what is not there", async () => {
    const schema = buildSchema(await readFile(new URL("../../schema/api.graphql", import.meta.url), "utf8"));
    const roots = [
      schema.getQueryType(),
      schema.getMutationType(),
      schema.getSubscriptionType(),
    ] as GraphQLObjectType[];
    const fields = roots.flatMap((root) => Object.keys(root.getFields()).map((field) => `${root.name}.${field}`));
    expect(Object.keys(MATRIX).sort()).toEqual(fields.sort());
  });
});

describe.each(Object.entries(MATRIX).filter(([, rows]) => rows.length > 0))("%s", (field, rows) => {
  test.each(VIEWERS.map((viewer) => [nameOf(viewer), viewer] as const))(
    "shows %s what is theirs and nothing else",
    async (_, viewer) => {
      const api = apiOf(viewer);
      for (const row of rows.filter(({ readers }) => readers !== "anyone")) {
        for (const of of holdings) {
          const verdict = verdictFor(row, viewer, of);
          if (verdict === "not called") continue;
          const outcome = await call(api, field, row, of);
          const about = `${verdict}, of ${nameOf(of.owner)}: ${outcome.text.slice(0, 2000)}`;
          if (verdict === "shown") {
            expect(outcome.codes, about).toEqual([]);
            expect(outcome.text, about).toContain(row.shows?.(of));
            continue;
          }
          const words = relationOf(viewer, of.owner) === "stranger" ? [of.word, of.privateWord] : [of.privateWord];
          for (const word of words) expect(outcome.text, about).not.toContain(word);
          if (verdict === "NotAllowed") {
            expect(outcome.value, about).toMatchObject({ problem: { __typename: "NotAllowed" } });
            continue;
          }
          expectHidden(row, outcome);
          if (row.hidden === "absent") expect(outcome.text, about).not.toContain(row.shows?.(of));
          else {
            const nothing = await call(api, field, row, invented(of));
            expect(essence(outcome, row.variables(of)), about).toBe(essence(nothing, row.variables(invented(of))));
          }
        }
      }
    },
  );

  test("answers nobody without a token", async () => {
    const api = apiOf(null);
    for (const row of rows) {
      const { codes, text } = await call(api, field, row, holdings[0] as Holding);
      expect(codes.length, text).toBeGreaterThan(0);
      expect(new Set(codes), text).toEqual(new Set(["UNAUTHENTICATED"]));
    }
  });
});

describe("what is counted", () => {
  test.each(OWNERS.map((owner, i) => [nameOf(owner), owner, i] as const))(
    "is only what %s may read",
    async (_, owner, i) => {
      const mine = holdings[i] as Holding;
      const data = await apiOf(owner).run<{
        entities: { totalCount: number; edges: { node: { name: string; aliases: string[] } }[] };
        datasets: { totalCount: number; edges: { node: { id: string } }[] };
      }>(
        `query ($common: String!, $document: ID!) {
        datasets { totalCount edges { node { id progress { documents completed } documents { totalCount } } } }
        conversations { totalCount }
        entities(search: $common) { totalCount edges { node { name aliases mentionCount chunks { totalCount edges { node { document { id } } } } } } }
        document(id: $document) { related { document { id } } }
      }`,
        { common: COMMON, document: mine.documentId },
      );
      expect(data).toEqual({
        datasets: {
          totalCount: 1,
          edges: [
            { node: { id: mine.datasetId, progress: { documents: 1, completed: 1 }, documents: { totalCount: 1 } } },
          ],
        },
        conversations: { totalCount: 1 },
        entities: {
          totalCount: 1,
          edges: [
            {
              node: {
                name: COMMON,
                aliases: [],
                mentionCount: 1,
                chunks: { totalCount: 1, edges: [{ node: { document: { id: mine.documentId } } }] },
              },
            },
          ],
        },
        document: { related: [] },
      });
    },
  );
});

describe("what is made", () => {
  test("a data set is made only where one belongs", async () => {
    const [kim, park] = OWNERS;
    const create = `mutation ($department: String) { createDataset(input: { name: "Intruded", department: $department })
      { dataset { id } problem { __typename } } }`;
    for (const viewer of VIEWERS.filter(({ tenant }) => tenant === kim.tenant)) {
      if (relationOf(viewer, park) === "owner") continue;
      const { createDataset } = await apiOf(viewer).run<{ createDataset: unknown }>(create, { department: "it" });
      expect(createDataset).toEqual({ dataset: null, problem: { __typename: "NotAllowed" } });
    }
    expect(await apiOf(null).raw(create)).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
  });

  test.each([OWNERS[1], OWNERS[2]].map((viewer) => [nameOf(viewer), viewer] as const))(
    "an answer that %s asks of somebody else's data set rests on nothing of it",
    async (_, viewer) => {
      const [theirs] = holdings as [Holding];
      const api = apiOf(viewer);
      const { id, conversationId } = await ask(api, {
        question: "Who manages the Portal?",
        datasetIds: [theirs.datasetId],
      });
      const { answer, events } = await answered(api, id);
      expect(answer.passages).toEqual([]);
      expect(JSON.stringify(events)).not.toContain(theirs.word);
      await api.run("mutation ($id: ID!) { deleteConversation(id: $id) { deletedId } }", { id: conversationId });
    },
  );
});

test("after all that, everything is as its owner left it", async () => {
  expect(await Promise.all(holdings.map(portrait))).toEqual(before);
});
