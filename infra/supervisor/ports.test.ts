import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isFree, PortAllocator } from "./ports.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ports-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a port", () => {
  test("that somebody listens on is passed over for the next free one", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      expect(await isFree(port)).toBe(false);
      expect(await new PortAllocator(folder).take(port)).toBeGreaterThan(port);
    } finally {
      server.close();
    }
  });

  test("that another process holds on all addresses is not free", async () => {
    const server = createServer().listen(0, "0.0.0.0");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    expect(await isFree(port)).toBe(false);
    server.close();
  });

  test("is given to one of many who prefer the same, also of other installations, until it is given back", async () => {
    const allocators = Array.from({ length: 5 }, () => new PortAllocator(folder));
    const ports = await Promise.all(allocators.flatMap((one) => [one.take(28_400), one.take(28_400)]));
    expect(new Set(ports).size).toBe(10);
    for (const allocator of allocators) await allocator.release();
    expect(await new PortAllocator(folder).take(28_400)).toBe(Math.min(...ports));
  });
});
