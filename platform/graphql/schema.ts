import "reflect-metadata";
import { buildSubgraphSchema, printSubgraphSchema } from "@apollo/subgraph";
import { type GraphQLSchema, parse } from "graphql";
import { type BuildSchemaOptions, buildSchema, createResolversMap } from "type-graphql";
import type { GraphContext } from "./context.js";
import { DateTime } from "./scalars.js";

/** Federation directives a room may use; no auth directives: Apollo Router refuses them without a licence. */
const FEDERATION_IMPORTS = [
  "@key",
  "@shareable",
  "@external",
  "@provides",
  "@requires",
  "@tag",
  "@inaccessible",
  "@override",
];
const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${FEDERATION_IMPORTS.map((name) => JSON.stringify(name)).join(", ")}])\n`;

/** type-graphql asks for a pubSub even where every subscription brings its own generator. */
const NO_PUBSUB = {
  publish(): never {
    throw new Error("subscriptions bring their own generators");
  },
  subscribe(): never {
    throw new Error("subscriptions bring their own generators");
  },
};

/** Resolves entity references of one type, e.g. `{ id }` → the object or null when the viewer may not see it. */
export type ReferenceResolver = (reference: { __typename: string; id: string }, context: GraphContext) => unknown;

export interface SubgraphSchema {
  /** SDL as published in `schema/<room>.graphql`. */
  readonly sdl: string;
  readonly schema: GraphQLSchema;
}

/** Builds a room's subgraph from type-graphql classes. The SDL is printed from the very schema that is served. */
export async function buildRoomSchema(
  options: Omit<BuildSchemaOptions, "pubSub" | "validate">,
  references: Readonly<Record<string, ReferenceResolver>> = {},
): Promise<SubgraphSchema> {
  const base = await buildSchema({
    validate: false,
    pubSub: NO_PUBSUB,
    scalarsMap: [{ type: Date, scalar: DateTime }],
    ...options,
  });
  const sdl = LINK + printSubgraphSchema(base);
  const resolvers = createResolversMap(base) as Record<string, Record<string, unknown>>;
  for (const [type, resolve] of Object.entries(references))
    resolvers[type] = { ...resolvers[type], __resolveReference: resolve };
  return { sdl, schema: buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]) };
}
