import { ApiError, type Transport, type TypedOperation } from "../../clients/typescript/transport.js";
import { median } from "../samples.js";
import type { EvalSet } from "./eval-set.js";
import type { IndexedSet } from "./indexed-set.js";
import { type Quality, qualityOf } from "./metrics.js";

interface Options {
  readonly lists?: readonly ("VECTOR" | "FULL_TEXT" | "GRAPH")[];
  readonly fusion?: "GRAPH_WALK" | "RRF" | "WEIGHTED";
}

/** Every way of ranking that a client may ask for; the last is what it gets without asking. */
export const WAYS: readonly (readonly [name: string, options: Options])[] = [
  ["full text", { lists: ["FULL_TEXT"], fusion: "WEIGHTED" }],
  ["dense", { lists: ["VECTOR"], fusion: "WEIGHTED" }],
  ["graph alone", { lists: ["GRAPH"] }],
  ["RRF of dense and full text", { lists: ["VECTOR", "FULL_TEXT"], fusion: "RRF" }],
  ["RRF of all three", { fusion: "RRF" }],
  ["weighted", { lists: ["VECTOR", "FULL_TEXT"], fusion: "WEIGHTED" }],
  ["default", {}],
];

/** Of each question in order. */
export interface Run {
  readonly qualities: readonly Quality[];
  /** Milliseconds from the client's request to its answer. */
  readonly milliseconds: number;
  /** The same of each stage that took part. */
  readonly stages: Readonly<Record<string, number>>;
  /** Searches that had to leave something out. */
  readonly degraded: number;
}

/** Twice the ten that count: two chunks of one passage count once. */
const TOP = 20;

interface Found {
  readonly search: {
    readonly passages: readonly { readonly chunk: { readonly id: string } | null }[];
    readonly stages: readonly { readonly name: string; readonly status: string; readonly milliseconds: number }[];
    readonly degraded: readonly string[];
    readonly problem: { readonly message: string } | null;
  };
}
const SEARCH = `query ($query: String!, $options: SearchOptions) { search(query: $query, options: $options) {
  passages { chunk { id } } stages { name status milliseconds } degraded problem { message } } }` as unknown as TypedOperation<
  Found,
  { query: string; options: Options & { datasetIds: string[]; topK: number } }
>;

/** Asks every question of the set in one way. @throws Error when a question is refused */
export async function runWay(
  client: Transport,
  set: EvalSet,
  indexed: IndexedSet,
  options: Options,
  signal: AbortSignal,
): Promise<Run> {
  const qualities: Quality[] = [];
  const times: number[] = [];
  const stages = new Map<string, number[]>();
  let degraded = 0;
  for (const { question, gold } of set.questions) {
    const variables = { query: question, options: { ...options, datasetIds: [indexed.datasetId], topK: TOP } };
    const { search, milliseconds } = await asked(() => client.execute(SEARCH, variables, { signal }), signal);
    times.push(milliseconds);
    if (search.problem) throw new Error(`"${question}" was refused: ${search.problem.message}`);
    if (search.degraded.length > 0) degraded++;
    for (const { name, status, milliseconds } of search.stages)
      if (status !== "SKIPPED") stages.set(name, [...(stages.get(name) ?? []), milliseconds]);
    qualities.push(
      qualityOf(
        search.passages.flatMap(({ chunk }) => (chunk && indexed.passageOf(chunk.id)) ?? []),
        gold,
      ),
    );
  }
  return {
    qualities,
    milliseconds: median(times),
    stages: Object.fromEntries([...stages].map(([name, samples]) => [name, Math.round(median(samples) * 10) / 10])),
    degraded,
  };
}

const ATTEMPTS = 3;

/** Asks again while an engine is too slow: it is the ranking that is measured here, not a busy machine. The last answer stands, nothing where there was none. */
async function asked(
  ask: () => Promise<Found>,
  signal: AbortSignal,
): Promise<{ search: Found["search"]; milliseconds: number }> {
  let last: { search: Found["search"]; milliseconds: number } | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const started = performance.now();
    try {
      const { search } = await ask();
      last = { search, milliseconds: performance.now() - started };
      if (search.degraded.length === 0) return last;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ApiError)) throw error;
      const none = { passages: [], stages: [], degraded: [error.code], problem: null };
      last ??= { search: none, milliseconds: performance.now() - started };
    }
  }
  if (!last) throw new Error("nothing was asked");
  return last;
}
