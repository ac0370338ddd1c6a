/** The receipt of a deletion: how much went from which store. It outlives what it tells of. */
export interface Deletion {
  readonly id: string;
  readonly tenantId: string;
  readonly department: string | null;
  readonly objectType: "Dataset" | "Document";
  readonly objectId: string;
  /** The deletion that this one belongs to: of its data set, or of the message it was attached to. */
  readonly partOf: string | null;
  readonly status: "RUNNING" | "COMPLETED";
  readonly removed: RemovedCounts;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly completedAt: Date | null;
}

/** Store and kind → number, e.g. { "milvus.rows": 12, "s3.objects": 3 }. */
export type RemovedCounts = Readonly<Record<string, number>>;

export function addRemoved(...counts: readonly RemovedCounts[]): RemovedCounts {
  const sum: Record<string, number> = {};
  for (const count of counts) for (const [name, number] of Object.entries(count)) sum[name] = (sum[name] ?? 0) + number;
  return sum;
}

/** Name of the job that ends a deletion, after the other rooms have removed what they hold. */
export const ERASED_JOB = "erased";
