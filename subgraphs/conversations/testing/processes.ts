import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { fileURLToPath } from "node:url";
import { ENVELOPE_HEADER, signEnvelope } from "../../../platform/auth/envelope.js";
import type { Viewer } from "../../../platform/auth/viewer.js";
import { databaseUrl, redisUrl } from "./room.js";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const TYPESCRIPT = new URL("../../../infra/start/typescript.mjs", import.meta.url).href;
const ROUTER_KEY = new Uint8Array(randomBytes(32));
const ROOM_KEY = new Uint8Array(randomBytes(32));
const ACTOR_SECRET = randomBytes(32).toString("hex");
const base64url = (key: Uint8Array): string => Buffer.from(key).toString("base64url");

async function freePort(): Promise<number> {
  const server = createSocketServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface RoomProcess {
  readonly url: string;
  readonly child: ChildProcess;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the room's real process and resolves when it says that it is ready. */
export async function startProcess(
  role: "api" | "worker",
  urls: { llm: string; retrieval: string /** One of its own where suites run side by side. */; redis?: string },
): Promise<RoomProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, ["--import", TYPESCRIPT, MAIN, role], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      PORT: String(port),
      LOG_LEVEL: "info",
      DATABASE_URL: databaseUrl(),
      REDIS_URL: urls.redis ?? redisUrl(),
      ENVELOPE_KEYS: JSON.stringify({ router: base64url(ROUTER_KEY), conversations: base64url(ROOM_KEY) }),
      ENVELOPE_KEY_ID: "conversations",
      ACTOR_SECRET,
      JWT_ISSUER: "http://127.0.0.1:1",
      JWT_AUDIENCE: "llmflow",
      JWKS_URL: "http://127.0.0.1:1/jwks",
      RETRIEVAL_URL: urls.retrieval,
      LLM_URL: urls.llm,
      LLM_MODEL: "double",
    },
  });
  let log = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", (data: Buffer) => {
      log += data.toString();
      if (log.includes(role === "api" ? "is serving" : "answering")) resolve();
    });
    child.once("exit", () => reject(new Error(`the ${role} process ended before it was ready: ${log}`)));
  });
  return {
    child,
    url: `http://127.0.0.1:${port}/graphql`,
    async stop(signal = "SIGTERM") {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
    },
  };
}

/** The retrieval room's API as far as this room uses it, with one fixed result. */
export async function startRetrievalDouble(result: object): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((req, res) => {
    req
      .resume()
      .once("end", () =>
        res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ data: { search: result } })),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function post(
  url: string,
  viewer: Viewer | undefined,
  accept: string,
  body: string,
  signal?: AbortSignal,
): Promise<Response> {
  const envelope = await signEnvelope({ keyId: "router", secret: ROUTER_KEY }, "conversations", viewer, body);
  return fetch(url, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", accept, [ENVELOPE_HEADER]: envelope },
    ...(signal ? { signal } : {}),
  });
}

/** One operation, as the router sends it. */
export async function request<D>(url: string, viewer: Viewer | undefined, query: string, variables: object = {}) {
  const response = await post(url, viewer, "application/json", JSON.stringify({ query, variables }));
  return (await response.json()) as {
    data?: D;
    errors?: { message: string; extensions: { code: string; traceId: string } }[];
  };
}

/** The results of a subscription, as the router reads them. */
export async function* subscription<D>(
  url: string,
  viewer: Viewer,
  query: string,
  variables: object,
  signal?: AbortSignal,
): AsyncGenerator<{ data?: D }> {
  const response = await post(url, viewer, "text/event-stream", JSON.stringify({ query, variables }), signal);
  let rest = "";
  for await (const part of (response.body as ReadableStream<Uint8Array>).pipeThrough(
    new TextDecoderStream() as never,
  ) as AsyncIterable<string>) {
    rest += part;
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      const event = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (event.startsWith("event: complete")) return;
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data) yield JSON.parse(data) as { data?: D };
    }
  }
}
