import { randomUUID } from "node:crypto";
import type { Viewer } from "../../../platform/auth/viewer.js";
import { QUEUES } from "../../../platform/queue/catalogue.js";
import { startRelay } from "../jobs/relay.js";
import { type OtherRooms, startOtherRooms } from "./other-rooms.js";
import { eventually, newDataset, newDocument, newTenant, openRoom, readDocument, viewerOf } from "./room.js";

/** The room with its worker, its relay and stand-ins for the other rooms running, and a data set of the department hr. */
export async function openWorkingRoom(redisNumber: number) {
  const room = await openRoom(redisNumber);
  const others = startOtherRooms(room);
  room.work(QUEUES.documents, Object.values(room.jobs));
  const relay = await startRelay(room);
  room.onClose(() => relay.stop());
  const kim: Viewer = viewerOf(newTenant(), "kim", ["hr"]);
  const datasetId = (await newDataset(room, kim, "hr")).id;
  const settled = (id: string, status: string) =>
    eventually(async () => {
      const document = await readDocument(room, kim, id);
      return document?.status === status && document;
    });
  const admit = () => newDocument(room, kim, datasetId, regulation());
  return {
    room,
    others,
    kim,
    datasetId,
    settled,
    admit,
    indexed: async () => settled((await admit()).id, "COMPLETED"),
  };
}

/** The other rooms succeed again. */
export function calm(others: OtherRooms): void {
  others.onIndex = async () => {};
  others.onExtract = async () => {};
  others.onPurge = async () => {};
}

/** A text that no other document has, with a date and a phone number. */
export const regulation = (): string =>
  `# 연차 규정 ${randomUUID()}\n\n시행일: 2025. 1. 1.\n\n문의는 010-1234-5678 로 한다. 연차 휴가는 3일 전에 신청한다.\n`;

/** A latch: `reached` resolves when somebody waits at it, `open` lets them go. */
export function gate() {
  let open = (): void => {};
  let arrive = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  return {
    open: () => open(),
    reached,
    wait: () => {
      arrive();
      return opened;
    },
  };
}
