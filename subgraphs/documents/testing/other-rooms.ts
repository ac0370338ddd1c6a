import { z } from "zod";
import {
  chunkArtefact,
  discardJob,
  type Inventory,
  indexingJob,
  inventoryJob,
  JOBS,
  purgeJob,
  QUEUES,
  switchJob,
} from "../../../platform/queue/catalogue.js";
import { defineJob, PermanentFailure } from "../../../platform/queue/worker.js";
import type { Room } from "./room.js";

/** What the other rooms were given, and how they are to behave, while their own workers are not part of the suite. */
export interface OtherRooms {
  readonly artefacts: z.output<typeof chunkArtefact>[];
  readonly switches: { queue: string; documentId: string; generation: number; department: string | null }[];
  readonly discarded: { queue: string; documentId: string; generation: number }[];
  /** What each room says it holds, by its queue. */
  readonly inventories: Record<string, Inventory>;
  readonly purged: { queue: string; documentId: string }[];
  /** Rejecting here fails the job. */
  onIndex: (documentId: string, signal: AbortSignal) => Promise<void>;
  onExtract: (documentId: string) => Promise<void>;
  onPurge: (queue: string) => Promise<void>;
}

/** The workers of retrieval, knowledge-graph and conversations with their published payloads and results, and nothing behind them. */
export function startOtherRooms(room: Room): OtherRooms {
  const rooms: OtherRooms = {
    artefacts: [],
    switches: [],
    discarded: [],
    inventories: {},
    purged: [],
    onIndex: async () => {},
    onExtract: async () => {},
    onPurge: async () => {},
  };
  const purge = (queue: string, name: string) =>
    defineJob({
      name,
      schema: purgeJob,
      timeoutMs: 5000,
      handle: async ({ documentId }) => {
        await rooms.onPurge(queue);
        rooms.purged.push({ queue, documentId });
        return { removed: { items: 2 } };
      },
    });
  const common = (queue: string) => [
    defineJob({
      name: JOBS.switch,
      schema: switchJob,
      timeoutMs: 5000,
      handle: async ({ documentId, generation, department }) => {
        rooms.switches.push({ queue, documentId, generation, department });
      },
    }),
    defineJob({
      name: JOBS.discard,
      schema: discardJob,
      timeoutMs: 5000,
      handle: async ({ documentId, generation }) => {
        rooms.discarded.push({ queue, documentId, generation });
      },
    }),
    defineJob({
      name: JOBS.inventory,
      schema: inventoryJob,
      timeoutMs: 5000,
      handle: async () => rooms.inventories[queue] ?? { holdings: [], loose: 0 },
    }),
    purge(queue, JOBS.purge),
  ];
  room.work(QUEUES.conversations, [purge(QUEUES.conversations, JOBS.redact)]);
  room.work(QUEUES.retrieval, [
    defineJob({
      name: JOBS.index,
      schema: indexingJob,
      timeoutMs: 10_000,
      handle: async ({ artefactUrl, documentId }, { signal }) => {
        const response = await fetch(artefactUrl, { signal });
        if (!response.ok) throw new PermanentFailure("ARTEFACT_GONE", String(response.status));
        const artefact = chunkArtefact.parse(await response.json());
        await rooms.onIndex(documentId, signal);
        rooms.artefacts.push(artefact);
        return { rows: artefact.chunks.length, model: "suite", dimension: 384 };
      },
    }),
    ...common(QUEUES.retrieval),
  ]);
  room.work(QUEUES.knowledgeGraph, [
    defineJob({
      name: JOBS.extract,
      schema: indexingJob,
      timeoutMs: 10_000,
      handle: async ({ documentId }) => {
        await rooms.onExtract(documentId);
        return { entities: 3, mentions: 5, relations: 1 };
      },
    }),
    ...common(QUEUES.knowledgeGraph),
  ]);
  return rooms;
}
