import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An answer other than success, sent as it is: JSON for an object, plain text for a string. */
export class HttpProblem extends Error {
  constructor(
    readonly status: number,
    readonly body: object | string,
  ) {
    super(typeof body === "string" ? body : JSON.stringify(body));
  }
}

/** One request as a handler sees it. `signal` fires when the client goes away before the answer is complete. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  signal: AbortSignal;
}

export type Handler = (exchange: Exchange) => Promise<void>;

/** Handlers by "METHOD /path". */
export type Routes = Record<string, Handler>;

/** A running server and how to stop it: new connections are refused, requests under way get `graceMs` to finish. */
export interface RunningServer {
  url: string;
  port: number;
  stop(graceMs?: number): Promise<void>;
}

const STOP_GRACE_MS = 5_000;

/** Sends JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** Sends plain text. */
export function sendText(response: ServerResponse, status: number, body: string, type = "text/plain; charset=utf-8") {
  response.writeHead(status, { "content-type": type }).end(body);
}

/** Reads the whole body, at most `limit` bytes; throws a 413 problem beyond that. */
export async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const tooLarge = () => new HttpProblem(413, "Failed to buffer the request body: length limit exceeded");
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge();
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limit) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

async function answer(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort(new Error("the client closed the connection"));
  });
  const path = (request.url ?? "/").split("?", 1)[0];
  const handler = routes[`${request.method} ${path}`];
  try {
    if (handler !== undefined) await handler({ request, response, signal: gone.signal });
    else if (Object.keys(routes).some((route) => route.endsWith(` ${path}`))) response.writeHead(405).end();
    else response.writeHead(404).end();
  } catch (error) {
    if (gone.signal.aborted || response.destroyed) return;
    // The status is already out: cutting the connection is the only way left to say that the answer is not complete.
    if (response.headersSent) return void response.destroy();
    // An unread body would be taken for the next request on this connection.
    if (!request.complete) response.setHeader("connection", "close");
    if (!(error instanceof HttpProblem)) sendJson(response, 500, { error: "internal error", error_type: "Backend" });
    else if (typeof error.body === "string") sendText(response, error.status, error.body);
    else sendJson(response, error.status, error.body);
  }
}

async function stopServer(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}

/** Serves the routes on 127.0.0.1; port 0 takes a free one. */
export async function serve(routes: Routes, port: number): Promise<RunningServer> {
  const server = createServer((request, response) => void answer(routes, request, response));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    stop: (graceMs = STOP_GRACE_MS) => stopServer(server, graceMs),
  };
}
