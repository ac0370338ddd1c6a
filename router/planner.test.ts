import { pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { composeServices } from "@theguild/federation-composition";
import { buildSchema, type DocumentNode, execute, GraphQLError, parse } from "graphql";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { plannedInRust } from "./planner.js";

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key", "@shareable"])`;
const SDL = {
  directory: `${LINK}
    interface Thing { id: ID! }
    type Query { thing(id: ID!): Thing things: [Thing!]! shelf: Shelf! count(of: Int!, to: Int!): Int! version: String }
    type Subscription { added: Shelf! }
    type Shelf { name: String! book: Book spare: Book! books: [Book] all: [Book!] }
    type Book implements Thing @key(fields: "id") { id: ID! }
    type Pen implements Thing @key(fields: "id") { id: ID! }`,
  library: `${LINK}
    type Query { motto: String }
    type Book @key(fields: "id") { id: ID! title: String! note: String }
    type Pen @key(fields: "id") { id: ID! colour: String! }`,
};
type Answer = { data?: unknown; errors?: unknown[] };
interface Sent {
  document: DocumentNode;
  variables?: { representations?: { id: string }[] };
  signal?: AbortSignal;
}
let directory: () => unknown;
let library: (sent: Sent) => unknown;
let run: (request: object) => Promise<Answer | AsyncIterable<Answer>>;

beforeAll(async () => {
  const { supergraphSdl = "" } = composeServices(
    Object.entries(SDL).map(([name, typeDefs]) => ({ name, url: `http://${name}`, typeDefs: parse(typeDefs) })),
  );
  const handled = await plannedInRust({
    unifiedGraph: buildSchema(supergraphSdl, { assumeValidSDL: true }),
    getUnifiedGraphSDL: () => supergraphSdl,
    onSubgraphExecute: (async (room: string, sent: Sent) =>
      room.toLowerCase() === "directory" ? directory() : library(sent)) as never,
  });
  run = handled.executor as typeof run;
});
/** The library knows of every book but those whose id begins with "gone". */
const shelves = buildSubgraphSchema([
  {
    typeDefs: parse(SDL.library),
    resolvers: {
      Book: {
        __resolveReference: ({ id }: { id: string }) =>
          id.startsWith("gone") ? null : { id, title: `Title of ${id}`, note: null },
      },
    } as never,
  },
]);
beforeEach(() => {
  library = ({ document, variables }) => execute({ schema: shelves, document, variableValues: variables ?? {} });
});

const ask = async (query: string, more: object = {}): Promise<Answer> =>
  (await run({ document: parse(query), context: {}, operationType: "query", ...more })) as Answer;
const book = (id: string) => ({ __typename: "Book", id });

describe("what no room knows", () => {
  test("is null where it may be, and else its nearest parent is, inside fragments too", async () => {
    directory = () => ({ data: { thing: book("gone-1") } });
    for (const selection of ["id ... on Book { title }", "... on Book { id title note }", "...B"])
      expect(
        await ask(
          `{ thing(id: "x") { ${selection} } } ${selection === "...B" ? "fragment B on Book { id title }" : ""}`,
        ),
      ).toEqual({ data: { thing: null } });
    directory = () => ({ data: { shelf: { name: "s", book: book("gone-1"), books: [book("gone-2"), book("b")] } } });
    expect(await ask("{ shelf { name book { id title } books { title } } }")).toEqual({
      data: { shelf: { name: "s", book: null, books: [null, { title: "Title of b" }] } },
    });
    directory = () => ({ data: { shelf: { name: "s", all: [book("b"), book("gone")] } } });
    expect(await ask("{ shelf { name all { title } } }")).toEqual({ data: { shelf: { name: "s", all: null } } });
    directory = () => ({ data: { shelf: { name: "s", spare: book("gone") } } });
    expect(await ask("{ shelf { spare { title } } }")).toEqual({ data: null });
  });

  test("does not hide what is known: a field of the same object that may be null is null alone", async () => {
    directory = () => ({ data: { thing: book("gone-1") } });
    expect(await ask(`{ thing(id: "x") { id ... on Book { note } } }`)).toEqual({
      data: { thing: { id: "gone-1", note: null } },
    });
  });

  test("is looked for only where the operation asks: skipped fields, also by a variable's default, are no reason", async () => {
    directory = () => ({ data: { thing: book("gone-1") } });
    const query = `query ($no: Boolean! = false) { thing(id: "x") { id ... on Book { title @include(if: $no) } } }`;
    expect(await ask(query)).toEqual({ data: { thing: { id: "gone-1" } } });
    expect(await ask(query, { variables: { no: true } })).toEqual({ data: { thing: null } });
  });
});

test("an object's type is told only to who asks for it", async () => {
  directory = () => ({ data: { things: [book("b")], thing: book("b") } });
  expect(await ask(`{ things { id } named: thing(id: "b") { __typename id } }`)).toMatchObject({
    data: { things: [{ id: "b" }] },
  });
  directory = () => ({ data: { thing: book("b") } });
  expect(await ask(`{ thing(id: "b") { id } ... on Query { thing(id: "b") { __typename } } }`)).toEqual({
    data: { thing: { __typename: "Book", id: "b" } },
  });
});

test("a room that fails leaves data: null where a value must be, and null where it need not", async () => {
  directory = () => ({ errors: [new GraphQLError("away")] });
  expect(await ask("{ shelf { name } }")).toMatchObject({ data: null, errors: [{ message: "away" }] });
  expect(await ask("{ version }")).toMatchObject({ data: { version: null }, errors: [{ message: "away" }] });
});

test("one operation may ask for the schema and for data, also through fragments", async () => {
  directory = () => ({ data: { version: "1" } });
  expect(await ask(`{ __typename version __type(name: "Pen") { name } }`)).toEqual({
    data: { __typename: "Query", version: "1", __type: { name: "Pen" } },
  });
  expect(await ask(`{ ...F } fragment F on Query { version ... { __type(name: "Pen") { kind } } }`)).toEqual({
    data: { version: "1", __type: { kind: "OBJECT" } },
  });
  directory = () => expect.unreachable("the schema alone is no room's affair");
  expect(await ask(`{ ...F } fragment F on Query { __type(name: "Pen") { kind } }`)).toEqual({
    data: { __type: { kind: "OBJECT" } },
  });
});

test("several bad variables are several errors", async () => {
  const { errors } = await ask("query ($a: Int!, $b: Int!) { count(of: $a, to: $b) }", { variables: { a: "x" } });
  expect(errors).toHaveLength(2);
});

test("a client that leaves while its operation is planned does not spoil the plan for the next", async () => {
  directory = () => ({ data: { version: "1" } });
  const request = { document: parse("{ version }"), context: {}, operationType: "query" };
  // Planning waits for a thread, which these keep for a while.
  const busy = Array.from({ length: 8 }, () => promisify(pbkdf2)("a", "b", 20_000, 64, "sha512"));
  const left = new AbortController();
  const first = run({ ...request, signal: left.signal });
  left.abort();
  await Promise.allSettled([first, ...busy]);
  expect(await run(request)).toEqual({ data: { version: "1" } });
});

test("the rooms' calls end with the client's", async () => {
  const left = new AbortController();
  directory = () => ({ data: { thing: book("b") } });
  const signals: (AbortSignal | undefined)[] = [];
  const found = library;
  library = (sent) => {
    signals.push(sent.signal);
    return found(sent);
  };
  await ask(`{ thing(id: "b") { ... on Book { title } } }`, { signal: left.signal });
  expect(signals).toEqual([left.signal]);
});

describe("a subscription", () => {
  const subscribe = async (): Promise<AsyncIterableIterator<Answer>> =>
    (await run({
      document: parse("subscription { added { name book { title } } }"),
      context: {},
      operationType: "subscription",
    })) as AsyncIterableIterator<Answer>;
  const events = (count: number, ended: () => void) => () =>
    (async function* () {
      try {
        for (let n = 1; n <= count; n++) yield { data: { added: { name: `s${n}`, book: book(`b${n}`) } } };
      } finally {
        ended();
      }
    })();

  test("tells what failed in one event with that event, and not again", async () => {
    directory = events(3, () => {});
    const found = library;
    library = (sent) =>
      sent.variables?.representations?.[0]?.id === "b2" ? { errors: [new GraphQLError("away")] } : found(sent);
    const seen: Answer[] = [];
    for await (const event of await subscribe()) seen.push(event);
    expect(seen).toEqual([
      { data: { added: { name: "s1", book: { title: "Title of b1" } } } },
      { data: { added: { name: "s2", book: null } }, errors: [expect.objectContaining({ message: "away" })] },
      { data: { added: { name: "s3", book: { title: "Title of b3" } } } },
    ]);
  });

  test("that its room refuses tells so as any other operation does", async () => {
    directory = async function* () {
      yield { errors: [{ message: "Sign in first.", path: ["added"], extensions: { code: "UNAUTHENTICATED" } }] };
    };
    const { value } = await (await subscribe()).next();
    expect(value).toEqual({ data: null, errors: [expect.any(GraphQLError)] });
    expect(value.errors[0]).toMatchObject({ path: ["added"], extensions: { code: "UNAUTHENTICATED" } });
  });

  test("ends at its source when its reader leaves", async () => {
    let ended = 0;
    directory = events(3, () => ended++);
    const reader = await subscribe();
    await reader.next();
    await reader.return?.();
    expect(ended).toBe(1);
  });
});
