import { type LookupAddress, lookup } from "node:dns";
import ipaddr from "ipaddr.js";

/** Why an address is not gone to; the message may be told to whoever gave it. */
export class AddressRefused extends Error {
  readonly code = "ADDRESS_NOT_ALLOWED";
  constructor(reason: string) {
    super(`The address is not allowed: ${reason}.`);
    this.name = "AddressRefused";
  }
}

/** Resolves a host's name to all its addresses. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

export const resolveByDns: Resolve = (host) =>
  new Promise((done, fail) =>
    lookup(host, { all: true, verbatim: true }, (error, addresses) => (error ? fail(error) : done(addresses))),
  );

/** Which outside addresses the product may go to for somebody. */
export interface AddressGuard {
  /** Judges what can be judged without asking anybody. @throws AddressRefused */
  check(url: string): URL;
  /** The addresses of a host, every one of them allowed: a name that also leads inside is refused. @throws AddressRefused */
  resolve(host: string): Promise<readonly LookupAddress[]>;
}

/** "host" or a network "10.0.0.0/8", each as the operator wrote it. */
export function parseAllowed(list: string): string[] {
  return list
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter(Boolean);
}

const bare = (host: string): string =>
  host
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();

/**
 * Only public unicast addresses are gone to: no private, loopback, link-local (cloud metadata), shared, multicast, documentation
 * or tunnelled ranges, in whatever notation. @param allowed hosts and networks that the operator lets through all the same
 */
export function createAddressGuard(allowed: readonly string[] = [], resolve: Resolve = resolveByDns): AddressGuard {
  const networks = allowed.filter((entry) => entry.includes("/")).map((entry) => ipaddr.parseCIDR(entry));
  const hosts = new Set(allowed.filter((entry) => !entry.includes("/")).map(bare));

  function isPublic(address: string): boolean {
    let parsed = ipaddr.parse(address);
    if (parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress()) parsed = parsed.toIPv4Address();
    const inside = networks.some(
      ([network, bits]) => network.kind() === parsed.kind() && parsed.match(network as never, bits),
    );
    return inside || parsed.range() === "unicast";
  }

  return {
    check(text) {
      let url: URL;
      try {
        url = new URL(text);
      } catch {
        throw new AddressRefused("it is no URL");
      }
      if (url.protocol !== "https:" && url.protocol !== "http:") throw new AddressRefused("only http and https are");
      if (url.username || url.password) throw new AddressRefused("it holds a user name or a password");
      const host = bare(url.hostname);
      if (hosts.has(host)) return url;
      if (ipaddr.isValid(host) && !isPublic(host)) throw new AddressRefused("it is not a public one");
      if (host === "localhost" || host.endsWith(".localhost")) throw new AddressRefused("it is not a public one");
      return url;
    },
    async resolve(name) {
      const host = bare(name);
      const addresses = await resolve(host);
      if (addresses.length === 0) throw new AddressRefused("its name leads nowhere");
      if (!hosts.has(host) && !addresses.every(({ address }) => isPublic(address)))
        throw new AddressRefused("its name leads to one that is not public");
      return addresses;
    },
  };
}
