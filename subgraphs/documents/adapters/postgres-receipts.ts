import type { Transaction } from "../../../platform/postgres/postgres.js";
import { addRemoved, type RemovedCounts } from "../domain/deletion.js";
import type { DeletionRow } from "./postgres-rows.js";

/** Adds counts to a receipt and ends it when nothing of it is left. The receipt's lock makes the last one certain. */
async function addToReceipt(
  tx: Transaction,
  deletionId: string,
  removed: RemovedCounts,
  isLast: (receipt: DeletionRow) => Promise<boolean>,
): Promise<{ receipt: DeletionRow; last: boolean } | undefined> {
  const [receipt] = await tx.query<DeletionRow>("SELECT * FROM deletions WHERE id = $1 FOR UPDATE", [deletionId]);
  if (!receipt) return undefined;
  const last = await isLast(receipt);
  await tx.query(
    "UPDATE deletions SET removed = $2, status = CASE WHEN $3 THEN 'COMPLETED' ELSE status END, completed_at = CASE WHEN $3 THEN now() END WHERE id = $1",
    [deletionId, addRemoved(receipt.removed, removed), last],
  );
  return { receipt, last };
}

/** Whether an attachment of the document is still being removed. */
async function hasOpenParts(tx: Transaction, deletionId: string): Promise<boolean> {
  const [open] = await tx.query("SELECT 1 FROM deletions WHERE part_of = $1 AND status = 'RUNNING' LIMIT 1", [
    deletionId,
  ]);
  return open !== undefined;
}

/** Whether all that a data set's or a message's receipt stands for is gone. */
async function isAllGone(tx: Transaction, { id, object_type, object_id }: DeletionRow): Promise<boolean> {
  const held = object_type === "Dataset" ? "dataset_id" : "id";
  const [left] = await tx.query(`SELECT 1 FROM documents WHERE ${held} = $1 LIMIT 1`, [object_id]);
  return left === undefined && !(await hasOpenParts(tx, id));
}

/**
 * Writes what was removed with one document on its receipt and on that of the whole it went with: its message or its data set, each
 * of which ends with the last of its documents.
 */
export async function completeReceipt(
  tx: Transaction,
  deletionId: string,
  datasetId: string,
  removed: RemovedCounts,
): Promise<void> {
  const own = await addToReceipt(tx, deletionId, removed, async () => !(await hasOpenParts(tx, deletionId)));
  const wholeId = own?.receipt.part_of;
  if (!wholeId) return;
  const whole = await addToReceipt(tx, wholeId, removed, (receipt) => isAllGone(tx, receipt));
  if (whole?.receipt.object_type !== "Dataset" || !whole.last) return;
  await tx.query("DELETE FROM datasets WHERE id = $1 AND status = 'DELETING'", [datasetId]);
  await tx.query(`UPDATE deletions SET removed = removed || '{"postgres.datasets": 1}' WHERE id = $1`, [wholeId]);
}
