import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { expect, inject } from "vitest";
import { type ApiErrorDetail, createTransport, type Transport } from "../clients/typescript/transport.js";
import { type IssuerKeys, loadIssuerKeys } from "../infra/issuer/keys.js";
import { mintToken, type Role } from "../infra/issuer/token.js";

/** Somebody who uses the product. */
export interface Person {
  readonly tenant: string;
  readonly user: string;
  readonly departments?: readonly string[];
  readonly roles?: readonly Role[];
}

/** What a token says beside who it is for; a difference from the product's own is what a test is after. */
export interface TokenChanges {
  readonly keys?: IssuerKeys;
  readonly issuer?: string;
  readonly audience?: string;
  readonly lifetimeSeconds?: number;
  readonly issuedAt?: number;
}

/** A variable of the running product. Throws when it was not given. */
export function variable(name: string): string {
  const value = inject("product")[name];
  if (value === undefined) throw new Error(`the running product has no ${name}`);
  return value;
}

let keys: Promise<IssuerKeys> | undefined;
const issuerKeys = (): Promise<IssuerKeys> => {
  const path = inject("product")["ISSUER_KEYS"] ?? join(variable("LLMFLOW_HOME"), "issuer.json");
  keys ??= loadIssuerKeys(path);
  return keys;
};

/** A token of the product's issuer, good for an hour unless `changes` say otherwise. */
export async function tokenOf(person: Person, changes: TokenChanges = {}): Promise<string> {
  return mintToken(changes.keys ?? (await issuerKeys()), {
    issuer: changes.issuer ?? variable("JWT_ISSUER"),
    audience: changes.audience ?? variable("JWT_AUDIENCE"),
    tenant: person.tenant,
    user: person.user,
    departments: person.departments ?? [],
    roles: person.roles ?? ["editor"],
    lifetimeSeconds: changes.lifetimeSeconds ?? 3600,
    ...(changes.issuedAt === undefined ? {} : { issuedAt: changes.issuedAt }),
  });
}

/** The published client's transport, as this person; null: as nobody. */
export const transportOf = (person: Person | null, url = variable("ROUTER_URL")): Transport =>
  createTransport({
    url,
    token: () => (person ? tokenOf(person) : ""),
    ...(person ? {} : { fetch: withoutToken }),
  });

/** Nobody sends no token, but the header that a browser's script can set and a foreign form cannot. */
const withoutToken: typeof fetch = (url, init) => {
  const headers = new Headers(init?.headers);
  headers.delete("authorization");
  headers.set("x-csrf-prevention", "1");
  return fetch(url, { ...init, headers });
};

export interface RawAnswer {
  readonly status: number;
  readonly data: Record<string, unknown> | null | undefined;
  readonly errors: readonly ApiErrorDetail[];
  readonly text: string;
}

/** Longer than the router itself waits for a room. */
const REQUEST_LIMIT_MS = 40_000;

/** One POST to the router exactly as it is given. `token` null: anonymous (with the header that lets a browser's script in). */
export async function post(
  body: unknown,
  token: string | null,
  headers: Readonly<Record<string, string>> = {},
  url = variable("ROUTER_URL"),
): Promise<RawAnswer> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      ...(token === null ? { "x-csrf-prevention": "1" } : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
  });
  const text = await response.text();
  const parsed = JSON.parse(text) as { data?: Record<string, unknown> | null; errors?: ApiErrorDetail[] };
  return { status: response.status, data: parsed.data, errors: parsed.errors ?? [], text };
}

/** Every refusal says what happened in a stable code and in words, and gives the operator something to look for. */
export function expectCode(answer: RawAnswer, code: string): void {
  expect(answer.errors[0], answer.text.slice(0, 1000)).toMatchObject({
    message: expect.stringMatching(/\w{3}/),
    extensions: { code, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) },
  });
}

/** What a person can do through the router. */
export interface Api {
  readonly person: Person | null;
  /** The data of a query or mutation. @throws ApiError */
  run<T>(query: string, variables?: Record<string, unknown>): Promise<T>;
  /** The whole answer, errors and all. */
  raw(query: string, variables?: Record<string, unknown>): Promise<RawAnswer>;
  /** A subscription's events over one connection, which breaks off with an error after `limitMs`. @throws ApiError, ConnectionError */
  follow<T>(
    query: string,
    variables?: Record<string, unknown>,
    options?: { signal?: AbortSignal; limitMs?: number },
  ): AsyncGenerator<T, void, undefined>;
}

const STREAM_LIMIT_MS = 90_000;

/** The product as this person sees it, through its own router or the one at `url`; null: as nobody. */
export function apiOf(person: Person | null, url = variable("ROUTER_URL")): Api {
  const transport = transportOf(person, url);
  let token: Promise<string> | undefined;
  const bearer = (): Promise<string> | null => {
    if (person) token ??= tokenOf(person);
    return token ?? null;
  };
  return {
    person,
    run: <T>(query: string, variables: Record<string, unknown> = {}) =>
      transport.execute<T, Record<string, unknown>>(query as never, variables),
    raw: async (query, variables = {}) => post({ query, variables }, await bearer(), {}, url),
    follow<T>(
      query: string,
      variables: Record<string, unknown> = {},
      options: { signal?: AbortSignal; limitMs?: number } = {},
    ) {
      const limit = AbortSignal.timeout(options.limitMs ?? STREAM_LIMIT_MS);
      const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
      return transport.subscribe<T, Record<string, unknown>>(query as never, variables, { signal });
    },
  };
}

/** Collects a subscription to its end. */
export async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

/** Asks until the answer is there; fails with the last one after `limitMs`. For state that nothing announces. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | null | false>,
  limitMs = 30_000,
): Promise<T> {
  const until = performance.now() + limitMs;
  for (let pause = 50; ; pause = Math.min(pause * 1.5, 500)) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > until) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** A tenant that no other suite and no other run knows. */
export const newTenant = (name: string): string => `${name}-${randomUUID().slice(0, 8)}`;
