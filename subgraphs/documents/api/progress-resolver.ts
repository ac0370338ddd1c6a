import { Arg, Ctx, ID, Resolver, Root, Subscription } from "type-graphql";
import type { Viewer } from "../../../platform/auth/viewer.js";
import { RequestError } from "../../../platform/errors/errors.js";
import { abortable } from "../../../platform/graphql/abortable.js";
import { decodeCursor, encodeCursor } from "../../../platform/graphql/connection.js";
import { type GraphContext, requireViewer } from "../../../platform/graphql/context.js";
import type { ProgressEvent } from "../../../platform/streams/progress.js";
import type { Document } from "../domain/document.js";
import type { DatasetStore, DocumentStore } from "../ports.js";
import { createPacer, type Pacer, type ProgressReader } from "./progress-reader.js";
import { IndexingEventType } from "./types.js";

export interface IndexingEvents {
  /** Present state first (unless resuming), then each step. A document's stream ends with its attempt. */
  watch(
    viewer: Viewer,
    target: { documentId?: string | null; datasetId?: string | null; after?: string | null },
    signal: AbortSignal,
  ): AsyncGenerator<IndexingEventType>;
}

const ONGOING = new Set(["WAITING", "RUNNING", "STUCK"]);
/** The most documents whose present state opens a data set's stream. */
const MAX_PRESENT = 100;

const toEvent = (
  event: ProgressEvent,
  sequence: number,
  { rate, eta }: ReturnType<Pacer["pace"]>,
): IndexingEventType => ({
  cursor: encodeCursor([sequence]),
  documentId: event.documentId,
  stage: event.stage as IndexingEventType["stage"],
  state: event.state as IndexingEventType["state"],
  done: event.done,
  total: event.total,
  ratePerSecond: rate,
  etaSeconds: eta,
  attempt: event.attempt,
  code: event.code ?? null,
  message: event.message ?? null,
  at: new Date(event.at),
});

function sequenceOf(cursor: string): number {
  const [sequence] = decodeCursor(cursor, 1);
  if (typeof sequence === "number" && Number.isSafeInteger(sequence) && sequence >= 0) return sequence;
  throw new RequestError("BAD_CURSOR", 'The cursor is not one of this stream. Start again without "after".');
}

export function createIndexingEvents(
  reader: ProgressReader,
  documents: DocumentStore,
  datasets: DatasetStore,
): IndexingEvents {
  const read = async (viewer: Viewer, id: string): Promise<Document | undefined> =>
    (await documents.byIds(viewer, [id])).get(id);
  const unknown = (what: string): RequestError =>
    new RequestError("BAD_REQUEST", `There is no such ${what}, or you may not see it.`);
  /** The end of an older attempt is not the end while a newer one runs. */
  const ended = async (viewer: Viewer, id: string): Promise<boolean> =>
    (await read(viewer, id))?.status !== "PROCESSING";

  async function* ofDocument(viewer: Viewer, id: string, after: number | null, signal: AbortSignal) {
    const document = await read(viewer, id);
    if (!document) throw unknown("document");
    const pacer = createPacer();
    const shown = (event: ProgressEvent, sequence: number) => toEvent(event, sequence, pacer.pace(event));
    let cursor = after;
    if (cursor === null) {
      cursor = await reader.last(viewer.tenantId, id);
      // Read after the cursor: a step in between is told twice rather than not at all.
      const present = (await read(viewer, id)) ?? document;
      yield shown(await reader.latest(present), cursor);
      if (present.status !== "PROCESSING") return;
    } else if (document.status !== "PROCESSING" && cursor >= (await reader.last(viewer.tenantId, id))) {
      // Nothing is left to tell (or the log is forgotten): the end itself is told again.
      yield shown(await reader.latest(document), cursor);
      return;
    }
    for await (const { event, sequence } of reader.follow(viewer.tenantId, id, cursor, signal)) {
      yield shown(event, sequence);
      if (!ONGOING.has(event.state) && (await ended(viewer, id))) return;
    }
  }

  async function* ofDataset(viewer: Viewer, id: string, after: number | null, signal: AbortSignal) {
    if (!(await datasets.byIds(viewer, [id])).has(id)) throw unknown("data set");
    const pacer = createPacer();
    const shown = (event: ProgressEvent, sequence: number) => toEvent(event, sequence, pacer.pace(event));
    let cursor = after;
    if (cursor === null) {
      cursor = await reader.last(viewer.tenantId, id);
      const page = await documents.page(
        viewer,
        id,
        { first: MAX_PRESENT, after: null },
        { statuses: ["PENDING", "PROCESSING"] },
      );
      for (const document of page.rows.slice(0, MAX_PRESENT)) yield shown(await reader.latest(document), cursor);
    }
    for await (const { event, sequence } of reader.follow(viewer.tenantId, id, cursor, signal))
      yield shown(event, sequence);
  }

  return {
    async *watch(viewer, { documentId, datasetId, after }, signal) {
      const from = after == null ? null : sequenceOf(after);
      if (documentId && !datasetId) yield* ofDocument(viewer, documentId, from, signal);
      else if (datasetId && !documentId) yield* ofDataset(viewer, datasetId, from, signal);
      else throw new RequestError("BAD_REQUEST", 'Give either "documentId" or "datasetId".');
      // A stream that ends because the token did says so; a client that left hears nothing anyway.
      if (signal.reason instanceof RequestError) throw signal.reason;
    },
  };
}

interface WatchArguments {
  documentId?: string | null;
  datasetId?: string | null;
  after?: string | null;
}

/** The resolver class is made with the events in reach, because a subscription's source is named in its decorator. */
export function progressResolverOf(events: IndexingEvents): new () => object {
  @Resolver()
  class ProgressResolver {
    @Subscription(() => IndexingEventType, {
      description:
        "Steps of indexing, the present state first; resumes after a cursor. A document's stream ends when its indexing does",
      subscribe: ({ args, context }: { args: WatchArguments; context: GraphContext }) => {
        const viewer = requireViewer(context);
        return abortable((left) => events.watch(viewer, args, AbortSignal.any([left, context.signal])));
      },
    })
    indexingProgress(
      @Root() event: IndexingEventType,
      @Ctx() _context: GraphContext,
      @Arg("documentId", () => ID, { nullable: true }) _documentId?: string | null,
      @Arg("datasetId", () => ID, { nullable: true }) _datasetId?: string | null,
      @Arg("after", () => String, { nullable: true, description: "The cursor of the last event seen" })
      _after?: string | null,
    ): IndexingEventType {
      return event;
    }
  }
  return ProgressResolver;
}
