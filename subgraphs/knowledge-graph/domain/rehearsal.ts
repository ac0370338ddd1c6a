import type { GraphReader, NodeReader, Overlay, Reading, WalkReader } from "../ports.js";
import { rankByGraph } from "./rank.js";

/** All that people read the graph through. */
export interface GraphReads {
  readonly walk: WalkReader;
  readonly graph: GraphReader;
  readonly nodes: NodeReader;
}

const NOBODY = "rehearsal";
const NONE = ["none"];
/** Statements differ while something is pending, so both kinds are rehearsed. */
const OVERLAYS: readonly (Overlay | null)[] = [null, { changing: NONE, shown: NONE, counts: {}, chunkDelta: 0 }];

const readings = (signal: AbortSignal): Reading[] =>
  OVERLAYS.map((overlay) => ({ tenantId: NOBODY, scopes: [`${NOBODY}/none`], overlay, signal }));

/**
 * Asks for walks that find nothing, so that the store has planned their statements before the first person waits for one (planning
 * costs many times what the walk does). @throws whatever the store throws; a caller may go on without.
 */
export async function rehearseWalk({ walk }: Pick<GraphReads, "walk">, signal: AbortSignal): Promise<void> {
  const candidates = Array.from({ length: 20 }, (_, i) => ({ chunkId: `none_${i}`, score: 1 / (i + 1) }));
  for (const reading of readings(signal))
    await rankByGraph({ candidates, terms: [], query: "Who runs None?", limit: 20, hops: 2 }, walk, reading);
}

/** The same for everything else that is read. */
export async function rehearseFields({ graph, nodes }: Omit<GraphReads, "walk">, signal: AbortSignal): Promise<void> {
  const page = { first: 1, after: undefined };
  for (const reading of readings(signal)) {
    await nodes.chunks(NONE, reading);
    await nodes.entities(NONE, reading);
    await graph.chunksOfDocuments(NONE, page, reading);
    await graph.entitiesOfDocuments(NONE, page, reading);
    await graph.chunksOfEntities(NONE, page, reading);
    await graph.entitiesNamed("none", page, reading);
    await graph.mentionsOfChunks(NONE, reading);
    await graph.relationsOf(NONE, 1, 1, reading);
    await graph.documentsRelatedTo(NONE, 1, reading);
    await graph.statisticsOf(NONE, reading);
  }
}
