import type { Transport, TypedOperation } from "../../clients/typescript/transport.js";
import type { Viewer } from "../../platform/auth/viewer.js";
import { loadMorphology } from "../../platform/language/morphology.js";
import { readOptions } from "../../subgraphs/retrieval/domain/options.js";
import { createSearch } from "../../subgraphs/retrieval/domain/search.js";
import type { SearchDependencies } from "../../subgraphs/retrieval/domain/search-run.js";
import { productClient } from "../first-token/streams.js";
import type { Figure, Findings, Question, Settings } from "../report.js";
import { runningProduct } from "../running-product.js";
import { covered, median, quantile } from "../samples.js";
import { indexDocuments, QUESTIONS } from "./corpus.js";
import { type Busy, timed } from "./engine-time.js";
import { fixedDelayEngines } from "./fixed-delay-engines.js";
import { productEngines } from "./product-engines.js";

const TENANT = "bench-hybrid";
const TRACE_ID = "0".repeat(32);
const TARGETS = { median: 3, tail: 10 };
const SEARCH = `query Search($query: String!) {
  search(query: $query) { passages { score text } stages { name milliseconds } degraded }
}`;
type Found = { search: { passages: readonly unknown[]; degraded: readonly string[] } };

const viewer: Viewer = {
  tenantId: TENANT,
  userId: "benchmark",
  departments: [],
  roles: ["editor"],
  expiresAt: Math.floor(Date.now() / 1000) + 3600,
};

/** Milliseconds of one search: all of it, while any engine was busy, and each engine's own. */
interface SearchTime {
  readonly wall: number;
  readonly engines: number;
  readonly each: ReadonlyMap<string, number>;
}

/** One search in this process over engines whose calls are noted; undefined when it had to leave a stage out. @throws Error when nothing was found */
async function searchOnce(
  engines: SearchDependencies,
  query: string,
  signal: AbortSignal,
): Promise<SearchTime | undefined> {
  const busy: Busy[] = [];
  const search = createSearch(timed(engines, busy));
  const { settings } = readOptions(query, {});
  const started = performance.now();
  const outcome = await search({ viewer, traceId: TRACE_ID, signal, query, settings });
  const wall = performance.now() - started;
  if (outcome.degraded.length > 0) return undefined;
  if (outcome.passages.length === 0) throw new Error(`nothing was found for "${query}"`);
  const names = new Set(busy.map(({ engine }) => engine));
  return {
    wall,
    engines: covered(busy),
    each: new Map([...names].map((name) => [name, covered(busy.filter(({ engine }) => engine === name))])),
  };
}

interface Real {
  readonly times: SearchTime[];
  readonly room: number[];
  readonly router: number[];
  readonly chunks: number;
  /** Searches that had to leave a stage out; their times are not counted. */
  degraded: number;
}

/** The same questions over the product's engines: here, through the retrieval process, and through the router. */
async function overProduct(settings: Settings): Promise<Real> {
  const { quick, signal, progress } = settings;
  const product = await runningProduct(settings);
  const client = await productClient(product, TENANT);
  progress("hybrid: indexing");
  const chunks = await indexDocuments(client, quick ? 2 : 10, quick ? 20 : 150, signal);
  const engines = productEngines(product);
  try {
    const real: Real = { times: [], room: [], router: [], chunks, degraded: 0 };
    const room = (query: string): Promise<Found> =>
      engines.retrieval.request({ query: SEARCH, variables: { query }, viewer, traceId: TRACE_ID, signal });
    progress("hybrid: warming");
    const keep = <T>(into: T[], time: T | undefined): void => {
      if (time === undefined) real.degraded++;
      else into.push(time);
    };
    for (const query of QUESTIONS) {
      await searchOnce(engines.dependencies, query, signal);
      await timeOf(() => room(query));
      await timeOf(() => routed(client, query, signal));
    }
    for (let round = 1; round <= (quick ? 2 : 10); round++) {
      progress(`hybrid: round ${round}`);
      for (const query of QUESTIONS) {
        keep(real.times, await searchOnce(engines.dependencies, query, signal));
        keep(real.room, await timeOf(() => room(query)));
        keep(real.router, await timeOf(() => routed(client, query, signal)));
      }
    }
    return real;
  } finally {
    await engines.close();
  }
}

const routed = (client: Transport, query: string, signal: AbortSignal): Promise<Found> =>
  client.execute(SEARCH as unknown as TypedOperation<Found, object>, { query }, { signal });

/** undefined when a stage was left out. @throws Error when nothing was found */
async function timeOf(ask: () => Promise<Found>): Promise<number | undefined> {
  const started = performance.now();
  const { search } = await ask();
  const milliseconds = performance.now() - started;
  if (search.passages.length === 0) throw new Error("a search found nothing");
  return search.degraded.length === 0 ? milliseconds : undefined;
}

async function overFixedDelays({ quick, signal, progress }: Settings): Promise<SearchTime[]> {
  progress("hybrid: engines of a fixed speed");
  const engines = fixedDelayEngines();
  for (let i = 0; i < (quick ? 50 : 200); i++) await searchOnce(engines, QUESTIONS[i % QUESTIONS.length] ?? "", signal);
  const times: (SearchTime | undefined)[] = [];
  for (let i = 0; i < (quick ? 100 : 500); i++)
    times.push(await searchOnce(engines, QUESTIONS[i % QUESTIONS.length] ?? "", signal));
  return times.filter((time) => time !== undefined);
}

async function answer(settings: Settings): Promise<Findings> {
  await loadMorphology(); // as the retrieval process does before it serves
  const fixed = await overFixedDelays(settings);
  const real = await overProduct(settings);
  const added = (times: readonly SearchTime[]): number[] => times.map(({ wall, engines }) => wall - engines);
  const wall = real.times.map((time) => time.wall);
  const slowest = real.times.map(({ each }) => Math.max(...each.values()));
  const ms = (name: string, value: number, target?: number): Figure => ({
    name,
    value,
    unit: "ms",
    ...(target === undefined ? {} : { target }),
  });
  const names = [...new Set(real.times.flatMap(({ each }) => [...each.keys()]))];
  const engine = (name: string): number => median(real.times.map(({ each }) => each.get(name) ?? 0));
  return {
    figures: [
      ms("engines of a fixed speed: added to them (p50)", median(added(fixed)), TARGETS.median),
      ms("engines of a fixed speed: added to them (p99)", quantile(added(fixed), 0.99), TARGETS.tail),
      ms("the product's engines: added to them (p50)", median(added(real.times)), TARGETS.median),
      ms("the product's engines: added to them (p99)", quantile(added(real.times), 0.99), TARGETS.tail),
      ms("a search (p50)", median(wall)),
      ms("a search (p99)", quantile(wall, 0.99)),
      ms("… its slowest engine (p50)", median(slowest)),
      ms("the retrieval process adds (p50)", median(real.room) - median(wall)),
      ms("the router adds (p50)", median(real.router) - median(real.room)),
      ms("through the router (p50)", median(real.router)),
      ms("through the router (p99)", quantile(real.router, 0.99)),
      { name: "searches that left a stage out", value: real.degraded, unit: "", target: 0 },
    ],
    notes: [
      `${real.chunks} chunks. Engines, p50: ${names.map((name) => `${name} ${engine(name).toFixed(1)} ms`).join(", ")}.`,
      "No peer publishes this figure.",
    ],
  };
}

export const hybrid: Question = { name: "hybrid", asks: "What does hybrid search add to its engines?", answer };
