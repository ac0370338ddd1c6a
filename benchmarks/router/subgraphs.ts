import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";
import pino from "pino";
import { authenticator } from "../../platform/auth/authenticate.js";
import { envelopeVerifier } from "../../platform/auth/envelope.js";
import { memoryNonces } from "../../platform/auth/nonces.js";
import { type SubgraphServer, serveSubgraph } from "../../platform/graphql/server.js";
import { createMetrics } from "../../platform/telemetry/metrics.js";
import { announce, settingsOf } from "../child-process.js";
import { SUBGRAPH_SDL } from "./operations.js";
import { ROUTER_KEY_ID } from "./settings.js";

const REVIEWS_PER_PRODUCT = 5;
const { secret } = settingsOf<{ secret: string }>();
const keys = new Map([[ROUTER_KEY_ID, new Uint8Array(Buffer.from(secret, "base64url"))]]);

const serve = (name: keyof typeof SUBGRAPH_SDL, resolvers: Record<string, unknown>): Promise<SubgraphServer> =>
  serveSubgraph({
    name,
    schema: buildSubgraphSchema([{ typeDefs: parse(SUBGRAPH_SDL[name]), resolvers: resolvers as never }]),
    port: 0,
    logger: pino({ level: "silent" }),
    metrics: createMetrics(name),
    authenticate: authenticator({
      openEnvelope: envelopeVerifier({ audience: name, keys, nonces: memoryNonces() }),
      verifyToken: () => Promise.reject(new Error("only envelopes are opened here")),
    }),
    contextOf: (base) => base,
    ready: async () => {},
  });

const product = (id: string): Record<string, unknown> => ({ id, name: `Product ${id}`, price: id.length * 100 });
const catalogue = await serve("catalogue", {
  Query: {
    version: () => "1",
    products: (_: unknown, { first }: { first: number }) =>
      Array.from({ length: first }, (_each, i) => product(`p${i + 1}`)),
  },
  Product: { __resolveReference: ({ id }: { id: string }) => product(id) },
});
const reviews = await serve("reviews", {
  Query: { reviewsCount: () => 100 },
  Product: {
    __resolveReference: ({ id }: { id: string }) => ({ id }),
    reviews: ({ id }: { id: string }) =>
      Array.from({ length: REVIEWS_PER_PRODUCT }, (_each, i) => ({
        id: `${id}-r${i}`,
        body: `What ${id} is like, in the words of reader ${i}`,
        author: { id: `u${i}`, name: `Reader ${i}` },
      })),
  },
});
announce({ catalogue: catalogue.url, reviews: reviews.url });
