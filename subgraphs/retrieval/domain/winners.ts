import { type IndexedPassage, passesFilter } from "./passage.js";
import { indexAway, type SearchRun } from "./search-run.js";

/** Passages that are looked at before the cut: enough for a reranker and for variety to choose from. */
export const POOL = 20;
/** A round asks for so many times what is wanted: some may be gone, or barred by the filter. */
const AHEAD = 2;
const FIRST_ROUND = 40;
const ROUND = 100;

/**
 * The first passages of the order that the viewer may read and the filter lets through, with their texts; what the graph
 * brought is checked here for the first time. While the index cannot give texts, the rooms that own them do.
 * @throws UnavailableError when nobody can
 */
export async function fetchWinners(
  run: SearchRun,
  order: readonly string[],
  wanted: number,
): Promise<IndexedPassage[]> {
  const winners: IndexedPassage[] = [];
  let size = Math.max(FIRST_ROUND, wanted * AHEAD);
  for (let at = 0; at < order.length && winners.length < wanted; at += size, size = ROUND) {
    const ids = order.slice(at, at + size);
    const readable = new Map((await texts(run, ids)).map((passage) => [passage.chunkId, passage]));
    winners.push(...ids.flatMap((id) => readable.get(id) ?? []));
    if (readable.size < ids.length) run.missed();
  }
  return winners.slice(0, wanted);
}

async function texts(run: SearchRun, ids: readonly string[]): Promise<readonly IndexedPassage[]> {
  const { viewer, settings } = run.request;
  const { log } = run;
  // An index that could not make one list is not waited for once more.
  const away = log.failed("FETCH") || (log.failed("FULL_TEXT") && !log.succeeded("VECTOR"));
  const fromIndex = away ? undefined : await indexed(run, ids);
  if (fromIndex) return run.visible(fromIndex);
  const { texts: rooms } = run.dependencies;
  const passages = rooms && (await run.stage("TEXTS", (signal) => rooms.fetch(ids, run.request, signal)));
  if (!passages) throw indexAway();
  const states = await run.readable(passages.map(({ documentId }) => documentId));
  return passages.flatMap((passage) => {
    const state = states.get(passage.documentId);
    if (!state || !passesFilter(passage, settings.filter)) return [];
    return [{ ...passage, generation: state.generation, department: state.department, datasetId: state.datasetId }];
  });

  function indexed(of: SearchRun, chunkIds: readonly string[]): Promise<IndexedPassage[] | undefined> {
    return of.stage("FETCH", async (signal) => {
      const { index } = of.dependencies;
      const found = (await of.models(signal)).map((model) =>
        index.fetch(viewer, model, chunkIds, settings.filter, signal),
      );
      return (await Promise.all(found)).flat();
    });
  }
}
