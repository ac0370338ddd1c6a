import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type FaultProxy, openFaultProxy } from "./fault-proxy.js";

let server: Server;
let proxy: FaultProxy;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/long") response.end("x".repeat(100_000));
    else response.end("hello");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy = await openFaultProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(async () => {
  await proxy.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => proxy.set({ kind: "none" }));

const get = async (path = "/", limitMs = 10_000): Promise<string> => {
  const signal = AbortSignal.timeout(limitMs);
  return (await fetch(`http://${proxy.address}${path}`, { signal, headers: { connection: "close" } })).text();
};

test("without a fault all of it passes", async () => {
  expect(await get()).toBe("hello");
  expect((await get("/long")).length).toBe(100_000);
});

test("a late answer is whole", async () => {
  proxy.set({ kind: "latency", ms: 20 });
  expect((await get("/long")).length).toBe(100_000);
});

test("a black hole says nothing, a reset ends at once, and both can be taken back", async () => {
  proxy.set({ kind: "blackhole" });
  await expect(get("/", 100)).rejects.toThrow(/timeout/i);
  proxy.set({ kind: "reset" });
  await expect(get()).rejects.toThrow();
  proxy.set({ kind: "none" });
  expect(await get()).toBe("hello");
});

test("a cut lets the first bytes through only", async () => {
  proxy.set({ kind: "cut", afterBytes: 1000 });
  await expect(get("/long")).rejects.toThrow();
});
