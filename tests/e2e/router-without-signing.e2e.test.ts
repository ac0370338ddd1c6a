import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerEvents, ask } from "../answers.js";
import { createDataset } from "../documents.js";
import { type Api, apiOf, collect, expectCode, type Person, post, tokenOf, variable } from "../product.js";
import { type OtherRouter, type Surroundings, startHiveRouter, startPlainGateway } from "../routers/without-signing.js";
import { MATRIX, type Row } from "../tenancy/matrix.js";
import { type Holding, nameOf, settleAll, VIEWERS } from "../tenancy/world.js";

const hiveRouter = process.env["HIVE_ROUTER_PROGRAM"];
/** Those that can be had: programs by their path in the environment. */
const ROUTERS: readonly (readonly [string, (around: Surroundings) => Promise<OtherRouter>])[] = [
  ["Hive Gateway as it comes", startPlainGateway],
  ...(hiveRouter ? [["Hive Router", startHiveRouter(hiveRouter)] as const] : []),
];
const QUERIES = Object.entries(MATRIX)
  .filter(([field]) => field.startsWith("Query."))
  .flatMap(([field, rows]) => rows.map((row) => [field, row] as const));

const around = (): Surroundings => ({
  subgraphs: {
    documents: variable("DOCUMENTS_URL"),
    "knowledge-graph": variable("KNOWLEDGE_GRAPH_URL"),
    retrieval: variable("RETRIEVAL_URL"),
    conversations: variable("CONVERSATIONS_URL"),
  },
  secret: variable("ROUTER_SECRET"),
});
let holdings: Holding[];
beforeAll(async () => {
  holdings = await settleAll();
});

/**
 * What a viewer gets of a query, without what differs between any two requests, and without a router's own remark (it has no
 * code) that what a room does not know is null.
 */
async function seen(api: Api, row: Row, of: Holding): Promise<unknown> {
  const { data, errors } = await api.raw(row.query, row.variables(of));
  const told = JSON.stringify({ data, codes: errors.flatMap(({ extensions }) => extensions?.code ?? []) });
  return JSON.parse(
    told.replaceAll(/"(milliseconds|score)":[\d.e-]+/g, '"$1":0').replaceAll(/("downloadUrl":"[^"?]+)[^"]*"/g, '$1"'),
  );
}

describe.each(ROUTERS)("%s, which cannot sign", (_name, start) => {
  let router: OtherRouter;
  beforeAll(async () => {
    router = await start(around());
  });
  afterAll(() => router?.stop());
  const through = (person: Person | null): Api => apiOf(person, router.url);

  test.each(VIEWERS.map((viewer) => [nameOf(viewer), viewer] as const))(
    "shows %s of every query what the router that signs shows",
    async (_, viewer) => {
      const [plain, signed] = [through(viewer), apiOf(viewer)];
      for (const [field, row] of QUERIES)
        for (const of of holdings) {
          const [one, other] = await Promise.all([seen(plain, row, of), seen(signed, row, of)]);
          expect(one, `${field} of ${nameOf(of.owner)}`).toEqual(other);
        }
    },
  );

  test("carries out a mutation as its user, and refuses one that the user may not make", async () => {
    const [kim] = VIEWERS;
    const id = await createDataset(through(kim), "Made without signing", kim.departments[0]);
    expect(await apiOf(kim).run("query ($id: ID!) { dataset(id: $id) { name department } }", { id })).toEqual({
      dataset: { name: "Made without signing", department: kim.departments[0] },
    });
    await apiOf(kim).run("mutation ($id: ID!) { deleteDataset(id: $id) { problem { code } } }", { id });
    const { data } = await through(kim).raw(
      'mutation { createDataset(input: { name: "Intruded", department: "it" }) { dataset { id } problem { __typename } } }',
    );
    expect(data).toEqual({ createDataset: { dataset: null, problem: { __typename: "NotAllowed" } } });
  });

  test("streams an answer, each event once, and takes it up after any event; a stranger gets nothing of it", async () => {
    const [mine] = holdings as [Holding];
    const api = through(mine.owner);
    const { id, conversationId } = await ask(api, {
      question: `Who manages the ${mine.word} Portal?`,
      datasetIds: [mine.datasetId],
    });
    const events = await collect(answerEvents(api, id));
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
    expect(events.at(-1)?.__typename).toBe("AnswerCompleted");
    expect(await collect(answerEvents(apiOf(mine.owner), id))).toEqual(events);
    expect(await collect(answerEvents(api, id, { after: 3 }))).toEqual(events.slice(3));
    for (const stranger of VIEWERS.filter(({ user }) => user !== mine.owner.user)) {
      const [refused, ...more] = await collect(answerEvents(through(stranger), id));
      expect([refused?.__typename, refused?.problem?.code, more]).toEqual(["AnswerFailed", "NOT_FOUND", []]);
    }
    await api.run("mutation ($id: ID!) { deleteConversation(id: $id) { deletedId } }", { id: conversationId });
  });

  test("lets nobody in without a good token, whatever else is sent", async () => {
    const query = { query: "{ datasets { totalCount } }" };
    const [kim] = VIEWERS;
    const old = await tokenOf(kim, { issuedAt: Math.floor(Date.now() / 1000) - 7200, lifetimeSeconds: 60 });
    const via = (token: string | null, headers = {}) => post(query, token, headers, router.url);
    expectCode(await via(null), "UNAUTHENTICATED");
    expectCode(
      await via(null, { "x-llmflow-envelope": "e30.e30.e30", "x-llmflow-router-secret": "x" }),
      "UNAUTHENTICATED",
    );
    expectCode(await via(old), "TOKEN_EXPIRED");
    expectCode(await via(await tokenOf(kim, { audience: "another" })), "UNAUTHENTICATED");
    expect((await via(await tokenOf(kim), { "x-llmflow-envelope": "e30.e30.e30" })).errors).toEqual([]);
  });

  test("that has another secret is refused by every room", async () => {
    const stranger = await start({ ...around(), secret: "another secret, as long as it has to be" });
    try {
      const [kim] = VIEWERS;
      for (const field of ["datasets", "entities", "conversations"]) {
        const answer = await post({ query: `{ ${field} { totalCount } }` }, await tokenOf(kim), {}, stranger.url);
        expectCode(answer, "UNAUTHENTICATED");
      }
    } finally {
      await stranger.stop();
    }
  });
});
