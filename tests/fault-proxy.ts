import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What becomes of traffic, from now on, also on connections that are open already. */
export type Fault =
  /** Everything passes at once. */
  | { readonly kind: "none" }
  /** Every piece, in both directions, is this late. */
  | { readonly kind: "latency"; readonly ms: number }
  /** Bytes are taken and never passed on: the peer looks alive and says nothing. */
  | { readonly kind: "blackhole" }
  /** Every connection is reset, open ones too. */
  | { readonly kind: "reset" }
  /** A connection is reset after so many bytes of the server's have passed. */
  | { readonly kind: "cut"; readonly afterBytes: number };

/** A TCP proxy of the tests' own, between a client and an engine, that misbehaves on request. */
export interface FaultProxy {
  /** host:port to give to the client. */
  readonly address: string;
  readonly port: number;
  /** The target's URL, through the proxy. */
  url(target: string): string;
  /** Connections so far. */
  connections(): number;
  /** Connections that are open now. */
  open(): number;
  set(fault: Fault): void;
  close(): Promise<void>;
}

/** @param target a URL or host:port */
export async function openFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(
    target.includes("://") ? target.replace(/^[a-z0-9+]+:/i, "http:") : `http://${target}`,
  );
  let fault: Fault = { kind: "none" };
  let count = 0;
  const pairs = new Set<{ readonly client: Socket; readonly server: Socket }>();
  const reset = ({ client, server }: { client: Socket; server: Socket }): void => {
    client.resetAndDestroy();
    server.resetAndDestroy();
  };
  const listener = createServer((client) => {
    count++;
    const server = connect(Number(port), hostname);
    const pair = { client, server };
    pairs.add(pair);
    if (fault.kind === "reset") reset(pair);
    let passed = 0;
    const carry = (from: Socket, to: Socket, counted: boolean): void => {
      // One piece after another, so that a delay keeps their order and a slow reader holds the sender up.
      let last: Promise<void> = Promise.resolve();
      from.on("data", (piece: Buffer) => {
        if (fault.kind === "blackhole") return;
        const late = fault.kind === "latency" ? fault.ms : 0;
        from.pause();
        last = last.then(async () => {
          if (late > 0) await new Promise((resolve) => setTimeout(resolve, late));
          if (counted) passed += piece.length;
          if (!to.destroyed && !to.write(piece))
            await Promise.race([once(to, "drain"), once(to, "close")]).catch(() => {});
          if (fault.kind === "cut" && passed >= fault.afterBytes) reset(pair);
          from.resume();
        });
      });
      from.on("end", () => void last.then(() => to.end()));
      from.on("error", () => to.destroy());
      from.on("close", () => {
        pairs.delete(pair);
        void last.then(() => to.destroy());
      });
    };
    carry(client, server, false);
    carry(server, client, true);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const own = (listener.address() as AddressInfo).port;
  return {
    address: `127.0.0.1:${own}`,
    port: own,
    url(of) {
      const url = new URL(of);
      url.hostname = "127.0.0.1";
      url.port = String(own);
      return url.href.replace(/\/$/, "");
    },
    connections: () => count,
    open: () => pairs.size,
    set(next) {
      fault = next;
      if (next.kind === "reset") for (const pair of pairs) reset(pair);
    },
    async close() {
      for (const { client, server } of pairs) {
        client.destroy();
        server.destroy();
      }
      listener.close();
      await once(listener, "close");
    },
  };
}
