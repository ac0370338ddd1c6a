import { z } from "zod";
import { readConfig } from "../../platform/config/config.js";
import { homeAt } from "../supervisor/home.js";
import { loadIssuerKeys } from "./keys.js";
import { createIssuerServer } from "./server.js";

const config = readConfig(
  z.object({
    PORT: z.coerce.number().int().min(0).max(65_535),
    JWT_ISSUER: z.string().min(1),
    LLMFLOW_HOME: z.string().min(1),
  }),
  process.env,
);

const { publicKey } = await loadIssuerKeys(homeAt(config.LLMFLOW_HOME).issuerKeys);
const server = createIssuerServer({ issuer: config.JWT_ISSUER, publicKey });
server.listen(config.PORT, "127.0.0.1");
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    server.close();
    server.closeIdleConnections();
  });
}
