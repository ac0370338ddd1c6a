import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { createGatewayRuntime, Logger } from "@graphql-hive/gateway";
import { ROUTER_SECRET_HEADER } from "../../platform/auth/authenticate.js";
import { eventually } from "../product.js";
import { checkout } from "../setup/stack.js";

/** What a router is told that stands beside the product's own. */
export interface Surroundings {
  /** Room → its GraphQL URL. */
  readonly subgraphs: Readonly<Record<string, string>>;
  readonly secret: string;
}

/** A router that cannot sign: it sends the product's secret and passes the user's token on. */
export interface OtherRouter {
  readonly url: string;
  stop(): Promise<void>;
}

const SUPERGRAPH = join(checkout, "schema/supergraph.graphql");

/** Hive Gateway as it comes, over the product's supergraph: nothing of the product's own router is in it. */
export async function startPlainGateway({ subgraphs, secret }: Surroundings): Promise<OtherRouter> {
  const streamed = { subscriptions: { kind: "http", options: { method: "POST" } } };
  const gateway = createGatewayRuntime({
    supergraph: await readFile(SUPERGRAPH, "utf8"),
    logging: new Logger({ level: false }),
    maskedErrors: false,
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }: { request: Request }) => ({
        [ROUTER_SECRET_HEADER]: secret,
        authorization: request.headers.get("authorization") ?? undefined,
        traceparent: request.headers.get("traceparent") ?? undefined,
      }),
    },
    transportEntries: Object.fromEntries(
      Object.entries(subgraphs).map(([room, location]) => [room, { location, options: streamed }]),
    ),
  } as never);
  const server = http.createServer((req, res) => void gateway(req, res));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await gateway[Symbol.asyncDispose]();
    },
  };
}

/** A program of its own, by the configuration that the product comes with. */
export const startHiveRouter =
  (program: string) =>
  ({ subgraphs, secret }: Surroundings): Promise<OtherRouter> =>
    startProgram(program, [], {
      ROUTER_CONFIG_FILE_PATH: join(checkout, "router/hive-router/router.config.yaml"),
      ROUTER_SECRET: secret,
      ...urlVariables(subgraphs),
    });

const urlVariables = (subgraphs: Surroundings["subgraphs"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(subgraphs).map(([room, url]) => [`${room.toUpperCase().replaceAll("-", "_")}_URL`, url]),
  );

const START_LIMIT_MS = 60_000;

async function startProgram(
  program: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<OtherRouter> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/graphql`;
  const said: string[] = [];
  const child = spawn(program, [...args], {
    cwd: checkout,
    env: { PATH: process.env["PATH"], PORT: String(port), HOST: "127.0.0.1", ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => said.push(part.toString()));
  const exited = once(child, "exit");
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await exited;
  };
  try {
    await eventually(
      `${program} answers: ${said.slice(-20).join("")}`,
      async () => {
        if (child.exitCode !== null) throw new Error(`${program} ended: ${said.join("").slice(-2000)}`);
        return fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json", "x-csrf-prevention": "1" },
          body: '{"query":"{ __typename }"}',
          signal: AbortSignal.timeout(2000),
        }).then(
          (response) => response.ok,
          () => false,
        );
      },
      START_LIMIT_MS,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
