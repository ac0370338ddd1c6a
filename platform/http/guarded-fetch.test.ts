import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AddressRefused, createAddressGuard, parseAllowed } from "./address-guard.js";
import { BodyTooLarge, createGuardedFetch } from "./guarded-fetch.js";

const OPTIONS = { method: "GET", timeoutMs: 2000, maxBytes: 1000 } as const;
let server: Server;
let port: number;
const hosts: string[] = [];

beforeAll(async () => {
  server = createServer((req, res) => {
    hosts.push(req.headers.host ?? "");
    if (req.url === "/inside") return void res.writeHead(302, { location: "http://169.254.169.254/latest" }).end();
    if (req.url === "/loop") return void res.writeHead(307, { location: "/loop" }).end();
    if (req.url === "/on") return void res.writeHead(308, { location: "/here" }).end();
    if (req.url === "/large") return void res.end(Buffer.alloc(5000));
    if (req.url === "/slow") return;
    res.end(`${req.method} ${req.url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe("An address", () => {
  const guard = createAddressGuard();
  test.each([
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0.0.0.0/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://192.0.2.1/",
    "http://[::1]/",
    "http://[::]/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://a.localhost/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "http://user:secret@example.com/",
    "no url",
  ])("%s is refused", (url) => {
    expect(() => guard.check(url)).toThrow(AddressRefused);
  });

  test.each(["https://example.com/hook?x=1", "http://93.184.216.34/", "https://[2606:4700::1111]/"])(
    "%s is let through",
    (url) => {
      expect(guard.check(url).href).toBe(url);
    },
  );

  test("whose name leads inside is refused, also when it leads outside as well", async () => {
    const leadsTo = (...addresses: string[]) =>
      createAddressGuard([], async () => addresses.map((address) => ({ address, family: 4 }))).resolve("example.com");
    await expect(leadsTo("10.0.0.1")).rejects.toThrow(AddressRefused);
    await expect(leadsTo("93.184.216.34", "127.0.0.1")).rejects.toThrow(AddressRefused);
    await expect(leadsTo()).rejects.toThrow(AddressRefused);
    expect(await leadsTo("93.184.216.34")).toHaveLength(1);
  });

  test("that the operator allows is let through, and nothing beside it", () => {
    const lenient = createAddressGuard(parseAllowed(" 10.1.0.0/16, hooks.internal "));
    expect(lenient.check("http://10.1.9.9/").hostname).toBe("10.1.9.9");
    expect(() => lenient.check("http://10.2.0.1/")).toThrow(AddressRefused);
    expect(() => lenient.check("http://127.0.0.1/")).toThrow(AddressRefused);
  });
});

describe("A guarded fetch", () => {
  /** Every name leads to the suite's server; only this network is allowed. */
  const open = (resolve = async () => [{ address: "127.0.0.1", family: 4 }]) =>
    createGuardedFetch(createAddressGuard(["127.0.0.1/32"], resolve));
  const at = (path: string, host = "127.0.0.1"): string => `http://${host}:${port}${path}`;

  test("goes to the very address that was judged: a name that changes its mind leads nowhere else", async () => {
    let asked = 0;
    const rebinding = open(async () => [{ address: asked++ === 0 ? "127.0.0.1" : "10.0.0.1", family: 4 }]);
    const answer = await rebinding(at("/pinned", "example.com"), OPTIONS);
    expect(answer.body.toString()).toBe("GET /pinned");
    expect(asked).toBe(1);
    expect(hosts.at(-1)).toBe(`example.com:${port}`);
    await expect(rebinding(at("/pinned", "example.com"), OPTIONS)).rejects.toThrow(AddressRefused);
    await rebinding.close();
  });

  test("judges every redirect, follows few, and repeats a POST only where it is told to", async () => {
    const guarded = open();
    await expect(guarded(at("/inside"), OPTIONS)).rejects.toThrow(AddressRefused);
    await expect(guarded(at("/loop"), OPTIONS)).rejects.toThrow(AddressRefused);
    await expect(guarded(at("/inside"), { ...OPTIONS, method: "POST", body: "{}" })).rejects.toThrow(AddressRefused);
    const posted = await guarded(at("/on"), { ...OPTIONS, method: "POST", body: "{}" });
    expect(posted.body.toString()).toBe("POST /here");
    await guarded.close();
  });

  test("reads no more than it was allowed and waits no longer", async () => {
    const guarded = open();
    await expect(guarded(at("/large"), OPTIONS)).rejects.toThrow(BodyTooLarge);
    await expect(guarded(at("/slow"), { ...OPTIONS, timeoutMs: 100 })).rejects.toThrow(/timeout|abort/i);
    await guarded.close();
  });
});
