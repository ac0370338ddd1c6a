import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that reached the server, its JSON body parsed. */
export interface SeenRequest {
  path: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of several shapes
  body: any;
  response: ServerResponse;
}

/** A model server that fails as it is told: `behave` answers each request, or leaves it hanging. For tests of the clients only. */
export class MisbehavingServer implements AsyncDisposable {
  readonly seen: SeenRequest[] = [];
  /** Requests whose client went away before the answer was complete. */
  abandoned = 0;
  private readonly server = createServer((request, response) => void this.handle(request, response));
  private waiters: (() => void)[] = [];

  private constructor(private readonly behave: (request: SeenRequest) => void) {}

  static async start(behave: (request: SeenRequest) => void): Promise<MisbehavingServer> {
    const started = new MisbehavingServer(behave);
    started.server.listen(0, "127.0.0.1");
    await once(started.server, "listening");
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resolves when the condition holds; it is looked at whenever a request comes or goes. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const text = Buffer.concat(parts).toString();
    const seen = { path: request.url ?? "", body: text === "" ? undefined : JSON.parse(text), response };
    response.once("close", () => {
      if (!response.writableFinished) this.abandoned++;
      this.changed();
    });
    this.seen.push(seen);
    this.behave(seen);
    this.changed();
  }

  private changed(): void {
    const waiting = this.waiters;
    this.waiters = [];
    for (const wake of waiting) wake();
  }
}

/** Answers JSON. */
export function json(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
