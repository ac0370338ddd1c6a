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

/** @param limits bytes that the first, second, … connection lets through to the client before it is cut; later ones are whole */
export async function openCuttingProxy(target: string, limits: readonly number[]): Promise<CuttingProxy> {
  const { hostname, port, pathname } = new URL(target);
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    const limit = limits[connections++] ?? Number.POSITIVE_INFINITY;
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
      const room = limit - sent;
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
