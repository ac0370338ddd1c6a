import { randomBytes } from "node:crypto";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";
import { ENVELOPE_HEADER, signEnvelope } from "../../platform/auth/envelope.js";
import { viewerFromClaims } from "../../platform/auth/viewer.js";
import { type Child, startChild } from "../child-process.js";
import { answerTo, load, type Outgoing } from "../http-load.js";
import { cpuMilliseconds } from "../process-cpu.js";
import type { Findings, Question, Settings } from "../report.js";
import { median, quantile } from "../samples.js";
import { createIdentity } from "./identity.js";
import { ENTITY_QUERY, ENTITY_VARIABLES, SUBGRAPH_SDL, TRIVIAL_QUERY } from "./operations.js";
import { ROUTER_KEY_ID, type RouterSettings } from "./settings.js";

const CONNECTIONS = 20;
const TARGETS = { entityCpu: 3.5, trivialAdded: 1.5, shareOfPeer: 0.5 };

/** Something that answers GraphQL requests, and what was measured of it. */
interface Contender {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly next: (body: string) => Outgoing | Promise<Outgoing>;
  readonly entity: Series;
  readonly trivial: Series;
  /** Milliseconds of the trivial query with nothing else under way. */
  readonly alone: number[];
}
interface Series {
  readonly latencies: number[];
  /** Processor milliseconds a request, one per round. */
  readonly cpu: number[];
}
const series = (): Series => ({ latencies: [], cpu: [] });

const ENTITY = JSON.stringify({ query: ENTITY_QUERY, variables: ENTITY_VARIABLES });
const TRIVIAL = JSON.stringify({ query: TRIVIAL_QUERY });

async function measure(contender: Contender, body: string, into: Series, requests: number, signal: AbortSignal) {
  const before = await cpuMilliseconds(contender.pid);
  const latencies = await load({
    url: contender.url,
    connections: CONNECTIONS,
    requests,
    next: () => contender.next(body),
    signal,
  });
  into.cpu.push(((await cpuMilliseconds(contender.pid)) - before) / requests);
  into.latencies.push(...latencies);
}

async function answer(settings: Settings): Promise<Findings> {
  const { quick, signal, progress } = settings;
  const children: Child<unknown>[] = [];
  const start = async <Ready>(file: string, options: unknown): Promise<Child<Ready>> => {
    const child = await startChild<Ready>(new URL(file, import.meta.url), options, settings.profile);
    children.push(child);
    return child;
  };
  try {
    const secret = randomBytes(32).toString("base64url");
    const { token, publicKey } = await createIdentity();
    const subgraphs = await start<RouterSettings["subgraphs"]>("./subgraphs.ts", { secret });
    const supergraphSdl = composed(subgraphs.ready);
    const shared: RouterSettings = { supergraphSdl, subgraphs: subgraphs.ready, secret, publicKey };
    const asUser = (body: string): Outgoing => ({ body, headers: { authorization: `Bearer ${token}` } });
    const contender = (name: string, { ready: url, pid }: Child<string>): Contender => ({
      name,
      url,
      pid,
      next: asUser,
      entity: series(),
      trivial: series(),
      alone: [],
    });
    const ours = contender("Hive Gateway", await start<string>("./hive-gateway.ts", shared));
    const apollo = contender("@apollo/gateway", await start<string>("./apollo-gateway.ts", shared));
    const direct: Contender = {
      ...contender("subgraph alone", { ...subgraphs, ready: subgraphs.ready.catalogue }),
      next: signing(secret),
    };
    const routers = [ours, apollo];
    await agree(routers, asUser(ENTITY), signal);

    const requests = quick ? 300 : 2000;
    for (const each of [...routers, direct]) {
      progress(`router: warming ${each.name}`);
      if (each !== direct) await measure(each, ENTITY, series(), quick ? 300 : 1500, signal);
      await measure(each, TRIVIAL, series(), quick ? 300 : 1500, signal);
    }
    for (let round = 1; round <= (quick ? 2 : 7); round++) {
      progress(`router: round ${round}`);
      for (const each of routers) await measure(each, ENTITY, each.entity, requests, signal);
      for (const each of [...routers, direct]) {
        await measure(each, TRIVIAL, each.trivial, requests, signal);
        const one = { url: each.url, connections: 1, requests: requests / 10, next: () => each.next(TRIVIAL), signal };
        each.alone.push(...(await load(one)));
      }
    }
    return findings(ours, apollo, direct);
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
}

function findings(ours: Contender, apollo: Contender, direct: Contender): Findings {
  const cpu = (each: Contender, kind: "entity" | "trivial"): number => median(each[kind].cpu);
  const added = (each: Contender): number => median(each.alone) - median(direct.alone);
  const beside = (value: (each: Contender) => number) => ({ peer: { name: apollo.name, value: value(apollo) } });
  const shape = (each: Contender): string =>
    `${each.name}: ${cpu(each, "entity").toFixed(2)} / ${cpu(each, "trivial").toFixed(2)} CPU-ms, entity p50 ${median(each.entity.latencies).toFixed(1)} p99 ${quantile(each.entity.latencies, 0.99).toFixed(1)} ms, trivial alone +${added(each).toFixed(2)} ms`;
  const entityCpu = (each: Contender): number => cpu(each, "entity");
  const at = (q: number, kind: "entity" | "trivial") => (each: Contender) => quantile(each[kind].latencies, q);
  const row = (name: string, unit: string, of: (each: Contender) => number, target?: number) => ({
    name,
    unit,
    value: of(ours),
    ...(target === undefined ? {} : { target }),
    ...beside(of),
  });
  return {
    figures: [
      row("entity query, processor time a request", "ms", entityCpu, TARGETS.entityCpu),
      {
        name: "… as a share of the peer's",
        unit: "",
        value: entityCpu(ours) / entityCpu(apollo),
        target: TARGETS.shareOfPeer,
      },
      row("trivial query, processor time a request", "ms", (each) => cpu(each, "trivial")),
      row("trivial query alone, added to the subgraph's p50", "ms", added, TARGETS.trivialAdded),
      row(`entity query, p50 over ${CONNECTIONS} connections`, "ms", at(0.5, "entity")),
      row(`entity query, p99 over ${CONNECTIONS} connections`, "ms", at(0.99, "entity")),
      row(`trivial query, p50 over ${CONNECTIONS} connections`, "ms", at(0.5, "trivial")),
      row(`trivial query, p99 over ${CONNECTIONS} connections`, "ms", at(0.99, "trivial")),
    ],
    notes: [
      shape(ours),
      shape(apollo),
      "Both routers check an ES256 token and sign an HMAC envelope per subgraph call: that is part of every figure.",
    ],
  };
}

/** A subgraph answers only to signed requests, and to each once; the signing is the router's work and not counted. */
function signing(secret: string): (body: string) => Promise<Outgoing> {
  const key = { keyId: ROUTER_KEY_ID, secret: new Uint8Array(Buffer.from(secret, "base64url")) };
  const viewer = viewerFromClaims({
    sub: "kim",
    tenant_id: "acme",
    departments: ["research"],
    roles: ["editor"],
    exp: Math.floor(Date.now() / 1000) + 3600,
  });
  return async (body) => ({
    body,
    headers: { [ENVELOPE_HEADER]: await signEnvelope(key, "catalogue", viewer, body) },
  });
}

function composed(urls: RouterSettings["subgraphs"]): string {
  const { supergraphSdl, errors } = composeServices(
    (["catalogue", "reviews"] as const).map((name) => ({
      name,
      url: urls[name],
      typeDefs: parse(SUBGRAPH_SDL[name]),
    })),
  );
  if (supergraphSdl === undefined) throw new Error(`the subgraphs do not compose: ${JSON.stringify(errors)}`);
  return supergraphSdl;
}

/** Routers that answer differently cannot be compared. */
async function agree(routers: readonly Contender[], outgoing: Outgoing, signal: AbortSignal): Promise<void> {
  const answers = await Promise.all(routers.map(({ url }) => answerTo(url, outgoing, signal)));
  if (new Set(answers).size !== 1) throw new Error(`the routers answer differently: ${answers.join("\n")}`);
}

export const router: Question = { name: "router", asks: "What does the router add to a request?", answer };
