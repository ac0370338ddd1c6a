import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy that cuts connections off in the middle of what the server sends. */
export interface CuttingProxy {
  /** The target's URL, through the proxy. */
  readonly url: string;
  /** Connections so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Where a connection is cut: after so many bytes to the client, or right after the first event of a stream. */
export type Cut = number | "after an event";

/** The end of a stream's first event in what was sent so far; infinite while there is none. */
function endOfEvent(text: string): number {
  const event = /event: next\n[^\n]*\n[^\n]*\n/.exec(text);
  return event ? event.index + event[0].length : Number.POSITIVE_INFINITY;
}

/** @param cuts where the first, second, … connection is cut; later ones are whole. Or every one at the same place */
export async function openCuttingProxy(target: string, cuts: readonly Cut[] | Cut): Promise<CuttingProxy> {
  const { hostname, port, pathname } = new URL(target);
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    const place = connections++;
    const cutAt = (typeof cuts === "object" ? cuts[place] : cuts) ?? Number.POSITIVE_INFINITY;
    let text = "";
    const upstream = connect(Number(port), hostname);
    let sent = 0;
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", cut).on("close", () => {
        sockets.delete(socket);
        cut();
      });
    }
    client.pipe(upstream);
    upstream.on("data", (part: Buffer) => {
      if (cutAt === "after an event") text += part.toString("latin1");
      const room = (cutAt === "after an event" ? endOfEvent(text) : cutAt) - sent;
      sent += part.length;
      if (part.length < room) client.write(part);
      else client.write(part.subarray(0, room), cut);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
