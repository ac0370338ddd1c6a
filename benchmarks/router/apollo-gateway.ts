import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginUsageReportingDisabled } from "@apollo/server/plugin/disabled";
import { startStandaloneServer } from "@apollo/server/standalone";
import { ENVELOPE_HEADER, signEnvelope } from "../../platform/auth/envelope.js";
import { bearerToken } from "../../platform/auth/tokens.js";
import type { Viewer } from "../../platform/auth/viewer.js";
import { announce, settingsOf } from "../child-process.js";
import { verifierOf } from "./identity.js";
import { ROUTER_KEY_ID, type RouterSettings } from "./settings.js";

interface Context {
  viewer?: Viewer;
}

const settings = settingsOf<RouterSettings>();
const key = { keyId: ROUTER_KEY_ID, secret: new Uint8Array(Buffer.from(settings.secret, "base64url")) };
const verify = verifierOf(settings.publicKey);

/** Signs as our router does: an envelope per call, over the body that the data source will send. */
class SigningDataSource extends RemoteGraphQLDataSource<Context> {
  constructor(
    url: string,
    private readonly room: string,
  ) {
    super({ url });
  }
  override async willSendRequest({ request, context }: { request: object; context: Context }): Promise<void> {
    const { http, query, ...rest } = request as { http: { headers: Map<string, string> }; query: string };
    http.headers.set(
      ENVELOPE_HEADER,
      await signEnvelope(key, this.room, context.viewer, JSON.stringify({ query, ...rest })),
    );
  }
}

const gateway = new ApolloGateway({
  supergraphSdl: settings.supergraphSdl,
  buildService: ({ name }) => {
    const room = name.toLowerCase() as keyof RouterSettings["subgraphs"];
    return new SigningDataSource(settings.subgraphs[room], room);
  },
});
const server = new ApolloServer<Context>({
  gateway,
  nodeEnv: "production",
  introspection: false,
  plugins: [ApolloServerPluginUsageReportingDisabled()],
});
const { url } = await startStandaloneServer(server, {
  listen: { host: "127.0.0.1", port: 0 },
  context: async ({ req }) => {
    const token = bearerToken(req.headers.authorization);
    return token === undefined ? {} : { viewer: await verify(token) };
  },
});
announce(url);
