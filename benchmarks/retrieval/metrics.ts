/** Quality of one ranked list, or the mean over a set: all from 0 to 1. */
export interface Quality {
  /** Share of the gold passages among the first five. */
  readonly recall5: number;
  /** 1 when all gold passages are among the first five. */
  readonly allGold5: number;
  /** Normalised discounted cumulative gain of the first ten, gains of 1. */
  readonly ndcg10: number;
  /** 1/rank of the first gold passage among the first ten, else 0. */
  readonly mrr10: number;
}
export const QUALITIES = ["recall5", "allGold5", "ndcg10", "mrr10"] as const satisfies readonly (keyof Quality)[];

/** Scores one ranking, best first, against its gold passages. */
export function qualityOf(ranked: readonly string[], gold: readonly string[]): Quality {
  const wanted = new Set(gold);
  const hits = [...new Set(ranked)].slice(0, 10);
  const found = hits.slice(0, 5).filter((id) => wanted.has(id)).length;
  const discount = (rank: number): number => 1 / Math.log2(rank + 2);
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
  const gain = sum(hits.map((id, rank) => (wanted.has(id) ? discount(rank) : 0)));
  const ideal = sum(Array.from({ length: Math.min(wanted.size, 10) }, (_, rank) => discount(rank)));
  const first = hits.findIndex((id) => wanted.has(id));
  return {
    recall5: wanted.size > 0 ? found / wanted.size : 0,
    allGold5: found === wanted.size ? 1 : 0,
    ndcg10: ideal > 0 ? gain / ideal : 0,
    mrr10: first < 0 ? 0 : 1 / (first + 1),
  };
}

export function meanQuality(all: readonly Quality[]): Quality {
  const mean = (name: keyof Quality): number =>
    all.reduce((total, quality) => total + quality[name], 0) / Math.max(all.length, 1);
  return { recall5: mean("recall5"), allGold5: mean("allGold5"), ndcg10: mean("ndcg10"), mrr10: mean("mrr10") };
}

/** What resampling says of the mean difference of two rankings over the same questions. */
export interface Difference {
  readonly mean: number;
  /** Ends of the 95 % interval. */
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 5000;

/**
 * Paired bootstrap (Efron 1979; Sakai 2006 for retrieval): the questions are drawn again with replacement, and the mean of
 * a − b is taken of each draw. Its generator is seeded: the same figures give the same interval.
 */
export function pairedBootstrap(a: readonly number[], b: readonly number[], resamples = RESAMPLES): Difference {
  const differences = a.map((value, i) => value - (b[i] ?? 0));
  const random = generator(20_260_101);
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < differences.length; i++) sum += differences[Math.floor(random() * differences.length)] ?? 0;
    return sum / Math.max(differences.length, 1);
  }).sort((x, y) => x - y);
  const at = (share: number): number => means[Math.min(means.length - 1, Math.floor(share * means.length))] ?? 0;
  return {
    mean: differences.reduce((sum, value) => sum + value, 0) / Math.max(differences.length, 1),
    low: at(0.025),
    high: at(0.975),
  };
}

/** mulberry32: 32 bits of state are plenty to draw questions with. Values from 0 up to 1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
