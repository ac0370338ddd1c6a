import http from "node:http";
import type { AddressInfo } from "node:net";
import pino from "pino";
import { createGateway } from "../../router/gateway.config.js";
import { DEFAULT_LIMITS } from "../../router/limits.js";
import { announce, settingsOf } from "../child-process.js";
import { verifierOf } from "./identity.js";
import { ROUTER_KEY_ID, type RouterSettings } from "./settings.js";

const settings = settingsOf<RouterSettings>();
const gateway = createGateway({
  supergraphSdl: settings.supergraphSdl,
  subgraphs: settings.subgraphs,
  key: { keyId: ROUTER_KEY_ID, secret: new Uint8Array(Buffer.from(settings.secret, "base64url")) },
  limits: DEFAULT_LIMITS,
  logger: pino({ level: "silent" }),
  development: false,
  verifyToken: verifierOf(settings.publicKey),
  admit: async () => {},
  onRefused: () => {},
});
const server = http.createServer((req, res) => void gateway(req, res));
server.listen(0, "127.0.0.1", () => announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`));
