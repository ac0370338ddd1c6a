import type { Candidate } from "./passage.js";
import type { PreparedQuery } from "./preparation.js";
import type { SearchRun } from "./search-run.js";
import { denseThreshold } from "./thresholds.js";

/** A list is asked for a few more hits than wanted, because some may belong to a generation that is not the visible one… */
const OVERFETCH = 1.25;
/** …and once for many more, when so many did (a large re-index is under way). */
const DEEP_OVERFETCH = 4;

/** The nearest passages by embedding that the viewer may see. undefined: the list could not be made. */
export async function denseList(run: SearchRun, prepared: PreparedQuery): Promise<readonly Candidate[] | undefined> {
  const { dependencies, request } = run;
  if (!run.wants("VECTOR")) {
    run.log.skip("VECTOR");
    return [];
  }
  const embedded = await run.stage("EMBED", async (signal) => {
    const [model, vector] = await Promise.all([
      dependencies.embedder.model(signal),
      dependencies.embedder.embedQuery(prepared.normalized, signal),
    ]);
    run.model = model;
    return { model, vector };
  });
  if (!embedded) {
    run.log.skip("VECTOR");
    return undefined;
  }
  const { model, vector } = embedded;
  const { filter } = request.settings;
  const threshold = denseThreshold(model);
  return visibleList(run, "VECTOR", async (limit, signal) => {
    const hits = await dependencies.index.dense(request.viewer, model, { vector, limit, filter }, signal);
    return hits.filter(({ score }) => score >= threshold);
  });
}

/** The passages that share most words with the question and that the viewer may see. undefined: the list could not be made. */
export async function fullTextList(run: SearchRun, prepared: PreparedQuery): Promise<readonly Candidate[] | undefined> {
  const { dependencies, request } = run;
  if (!run.wants("FULL_TEXT")) {
    run.log.skip("FULL_TEXT");
    return [];
  }
  const { filter } = request.settings;
  return visibleList(run, "FULL_TEXT", async (limit, signal) => {
    const query = { text: prepared.searchText, limit, filter };
    const lists = await Promise.all(
      (await run.models(signal)).map((model) => dependencies.index.fullText(request.viewer, model, query, signal)),
    );
    return lists.length === 1
      ? (lists[0] ?? [])
      : lists
          .flat()
          .sort((a, b) => b.score - a.score)
          .slice(0, limit);
  });
}

async function visibleList(
  run: SearchRun,
  name: "VECTOR" | "FULL_TEXT",
  ask: (limit: number, signal: AbortSignal) => Promise<readonly Candidate[]>,
): Promise<readonly Candidate[] | undefined> {
  const wanted = run.request.settings.candidatesPerList;
  let seen: readonly Candidate[] = [];
  for (const factor of [OVERFETCH, DEEP_OVERFETCH]) {
    const limit = Math.ceil(wanted * factor);
    const hits = await run.stage(name, (signal) => ask(limit, signal));
    if (!hits) return undefined;
    seen = (await run.visible(hits)).slice(0, wanted);
    if (seen.length >= wanted || hits.length < limit) break;
  }
  run.log.hits(name, seen);
  return seen;
}
