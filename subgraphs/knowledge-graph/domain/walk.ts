/**
 * Personalised PageRank over chunks and entities, restarted from the best hybrid passages and the question's entities,
 * with transitions biased by the hybrid score. Its order is the ranking; fusing it as one more list loses nearly all of the gain.
 */

/** An edge between a chunk and an entity that may lead to another chunk. */
export interface WalkMention {
  readonly entityId: string;
  /** Readable chunks that mention the entity (its document frequency for this viewer). */
  readonly chunkCount: number;
  readonly lead: boolean;
}

/** Mentions of entities that lead to no other walked chunk: they only count in a chunk's total weight. */
export interface OtherMentions {
  readonly chunkCount: number;
  readonly lead: boolean;
  /** How many such entities. */
  readonly count: number;
}

/** A readable chunk with its mentions. */
export interface WalkChunk {
  readonly id: string;
  readonly mentions: readonly WalkMention[];
  readonly others: readonly OtherMentions[];
}

export interface Candidate {
  readonly chunkId: string;
  /** b(c): hybrid base score, about 0..1. */
  readonly score: number;
}

export interface WalkInput {
  /** Hybrid candidates, any order. */
  readonly candidates: readonly Candidate[];
  /** Every chunk that may be walked: the seeds and the readable chunks of {@link firstHop}'s entities. */
  readonly chunks: readonly WalkChunk[];
  /** Entities named in the question, with their document frequency. */
  readonly questionEntities: readonly { readonly id: string; readonly chunkCount: number }[];
  /** Readable chunks in all (N of the idf). */
  readonly totalChunks: number;
  /** 1: only entities of the seeds and the question conduct; 2: also entities that two walked chunks share. */
  readonly hops: number;
}

export interface WalkedChunk {
  readonly chunkId: string;
  /** Probability mass after the last step; 0 for hybrid hits that were not walked. */
  readonly score: number;
  /** The entities through which it was reached, the strongest first; at most 5. */
  readonly entityIds: readonly string[];
}

/** Measured on multi-hop and single-hop sets; see the room's README. */
export const WALK = {
  seeds: 5,
  /** Entities that more chunks mention lead everywhere and nowhere. */
  maxChunksPerEntity: 30,
  maxChunks: 600,
  maxChunksKorean: 200,
  steps: 4,
  restart: 0.3,
  /** Part of the restart that goes to the question's entities. */
  questionShare: 0.5,
  /** What a chunk without hybrid score still attracts. */
  floor: 0.2,
  linkBonus: 0.02,
} as const;

const PATH_ENTITIES = 5;

/** idf(e) = ln(1 + (N − df + ½)/(df + ½)), never below 0. */
export const inverseFrequency = (totalChunks: number, chunkCount: number): number =>
  Math.log(1 + Math.max(0, totalChunks - chunkCount + 0.5) / (chunkCount + 0.5));

/** The best candidates, from which the walk restarts, with their share x(c) = (b(c) − b(next best) + .001)²; shares sum to 1. */
export function seedShares(candidates: readonly Candidate[]): Map<string, number> {
  const sorted = [...candidates].sort((a, b) => b.score - a.score || (a.chunkId < b.chunkId ? -1 : 1));
  const base = sorted[WALK.seeds]?.score ?? 0;
  const raw = sorted.slice(0, WALK.seeds).map((c) => [c.chunkId, (c.score - base + 0.001) ** 2] as const);
  const sum = raw.reduce((total, [, x]) => total + x, 0);
  return new Map(raw.map(([id, x]) => [id, x / sum]));
}

/** Which chunks to walk when there are more than `limit`: the seeds, then by b(c) + .02 for each entity that links it. */
export function chooseChunks(
  candidates: readonly Candidate[],
  links: ReadonlyMap<string, number>,
  limit: number,
): string[] {
  const scores = new Map(candidates.map((c) => [c.chunkId, c.score]));
  const seeds = [...seedShares(candidates).keys()];
  const value = (id: string): number => (scores.get(id) ?? 0) + WALK.linkBonus * (links.get(id) ?? 0);
  const others = [...links.keys()]
    .filter((id) => !seeds.includes(id))
    .sort((a, b) => value(b) - value(a) || (a < b ? -1 : 1));
  return [...seeds, ...others].slice(0, limit);
}

/** Walks and ranks. Pure: the same input gives the same order; ties go by b(c), then by id. */
export function walk(input: WalkInput): WalkedChunk[] {
  const base = new Map(input.candidates.map((c) => [c.chunkId, c.score]));
  const seeds = seedShares(input.candidates);
  const graph = conductors(input, seeds);
  const restart = restartOf(input, seeds, graph);
  let chunkMass = new Map(restart.chunks);
  let entityMass = new Map(restart.entities);
  let privateMass = new Map<string, number>();
  for (let step = 0; step < WALK.steps; step++) {
    const chunks = new Map<string, number>();
    const entities = new Map<string, number>();
    const own = new Map<string, number>();
    for (const [id, mass] of chunkMass) {
      const out = graph.out.get(id);
      let left = 1;
      if (out)
        for (const [entityId, share] of out) {
          entities.set(entityId, (entities.get(entityId) ?? 0) + mass * share);
          left -= share;
        }
      if (left > 1e-12) own.set(id, mass * left);
    }
    for (const [id, mass] of privateMass) chunks.set(id, (chunks.get(id) ?? 0) + mass);
    for (const [id, mass] of entityMass)
      for (const [chunkId, share] of graph.back.get(id) ?? [])
        chunks.set(chunkId, (chunks.get(chunkId) ?? 0) + mass * share);
    chunkMass = blend(chunks, restart.chunks);
    entityMass = blend(entities, restart.entities);
    privateMass = scale(own, 1 - WALK.restart);
  }
  const paths = (id: string): string[] =>
    [...(graph.out.get(id) ?? [])]
      .map(([entityId, share]) => [entityId, share * (entityMass.get(entityId) ?? 0)] as const)
      .filter(([, value]) => value > 0)
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, PATH_ENTITIES)
      .map(([entityId]) => entityId);
  const byBase = (a: string, b: string): number => (base.get(b) ?? 0) - (base.get(a) ?? 0) || (a < b ? -1 : 1);
  const walked = [...chunkMass]
    .filter(([, mass]) => mass > 0)
    .sort((a, b) => b[1] - a[1] || byBase(a[0], b[0]))
    .map(([chunkId, score]) => ({ chunkId, score, entityIds: paths(chunkId) }));
  const done = new Set(walked.map((chunk) => chunk.chunkId));
  const rest = [...base.keys()].filter((id) => !done.has(id)).sort(byBase);
  return [...walked, ...rest.map((chunkId) => ({ chunkId, score: 0, entityIds: [] }))];
}

const scale = (mass: ReadonlyMap<string, number>, by: number): Map<string, number> =>
  new Map([...mass].map(([id, value]) => [id, value * by]));

/** .3·restart + .7·step */
function blend(step: ReadonlyMap<string, number>, restart: ReadonlyMap<string, number>): Map<string, number> {
  const mass = scale(step, 1 - WALK.restart);
  for (const [id, value] of restart) mass.set(id, (mass.get(id) ?? 0) + WALK.restart * value);
  return mass;
}

interface Conductors {
  /** chunk → (entity → share of the chunk's mass that flows to it). The rest is private and comes back two steps later. */
  readonly out: Map<string, Map<string, number>>;
  /** entity → (chunk → share). */
  readonly back: Map<string, Map<string, number>>;
}

function conductors(input: WalkInput, seeds: ReadonlyMap<string, number>): Conductors {
  const base = new Map(input.candidates.map((c) => [c.chunkId, c.score]));
  const conducting = new Set(input.questionEntities.map((entity) => entity.id));
  const walkedChunksOf = new Map<string, number>();
  for (const chunk of input.chunks)
    for (const mention of chunk.mentions) {
      if (seeds.has(chunk.id)) conducting.add(mention.entityId);
      walkedChunksOf.set(mention.entityId, (walkedChunksOf.get(mention.entityId) ?? 0) + 1);
    }
  if (input.hops > 1) for (const [id, chunks] of walkedChunksOf) if (chunks >= 2) conducting.add(id);
  const weight = (m: { readonly chunkCount: number; readonly lead: boolean }): number =>
    m.chunkCount > WALK.maxChunksPerEntity ? 0 : inverseFrequency(input.totalChunks, m.chunkCount) * (m.lead ? 3 : 1);
  const out = new Map<string, Map<string, number>>();
  const weights = new Map<string, Map<string, number>>();
  for (const chunk of input.chunks) {
    const edges = chunk.mentions.map((mention) => [mention.entityId, weight(mention)] as const);
    const total =
      edges.reduce((sum, [, w]) => sum + w, 0) +
      chunk.others.reduce((sum, other) => sum + other.count * weight(other), 0);
    const shares = new Map<string, number>();
    for (const [entityId, w] of edges) {
      if (!conducting.has(entityId) || w <= 0) continue;
      shares.set(entityId, w / total);
      const chunks = weights.get(entityId) ?? new Map<string, number>();
      chunks.set(chunk.id, w * (WALK.floor + (base.get(chunk.id) ?? 0)));
      weights.set(entityId, chunks);
    }
    out.set(chunk.id, shares);
  }
  const back = new Map<string, Map<string, number>>();
  for (const [entityId, chunks] of weights) {
    const sum = [...chunks.values()].reduce((total, w) => total + w, 0);
    if (sum > 0) back.set(entityId, new Map([...chunks].map(([id, w]) => [id, w / sum])));
  }
  return { out, back };
}

/** Half on the seeds in proportion to x(c), half on the question's entities in proportion to df^−½; without such entities all on the seeds. */
function restartOf(
  input: WalkInput,
  seeds: ReadonlyMap<string, number>,
  graph: Conductors,
): { chunks: Map<string, number>; entities: Map<string, number> } {
  const named = input.questionEntities.filter((entity) => graph.back.has(entity.id));
  const sum = named.reduce((total, entity) => total + entity.chunkCount ** -0.5, 0);
  const share = seeds.size === 0 ? 1 : WALK.questionShare;
  const entities = new Map(named.map((entity) => [entity.id, (share * entity.chunkCount ** -0.5) / sum]));
  return { chunks: scale(seeds, named.length > 0 ? 1 - share : 1), entities };
}
