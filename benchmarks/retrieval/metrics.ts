/** Quality of one ranked list, or the mean over a set: all from 0 to 1. */
export interface Quality {
  /** Share of the gold passages among the first five. */
  readonly recall5: number;
  /** Share of questions whose gold passages are all among the first five. */
  readonly allGold5: number;
  /** Normalised discounted cumulative gain of the first ten, gains of 1. */
  readonly ndcg10: number;
}

/** Scores one ranking, best first, against its gold passages. */
export function qualityOf(ranked: readonly string[], gold: readonly string[]): Quality {
  const wanted = new Set(gold);
  const hits = [...new Set(ranked)];
  const found = hits.slice(0, 5).filter((id) => wanted.has(id)).length;
  const discount = (rank: number): number => 1 / Math.log2(rank + 2);
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
  const gain = sum(hits.slice(0, 10).map((id, rank) => (wanted.has(id) ? discount(rank) : 0)));
  const ideal = sum(Array.from({ length: Math.min(wanted.size, 10) }, (_, rank) => discount(rank)));
  return {
    recall5: wanted.size > 0 ? found / wanted.size : 0,
    allGold5: found === wanted.size ? 1 : 0,
    ndcg10: ideal > 0 ? gain / ideal : 0,
  };
}

export function meanQuality(all: readonly Quality[]): Quality {
  const mean = (pick: (quality: Quality) => number): number =>
    all.reduce((total, quality) => total + pick(quality), 0) / Math.max(all.length, 1);
  return { recall5: mean((q) => q.recall5), allGold5: mean((q) => q.allGold5), ndcg10: mean((q) => q.ndcg10) };
}

/** The value below which `share` of the values lie; 0 for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
