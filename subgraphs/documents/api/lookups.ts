import type { AuditLog } from "../../../platform/audit/audit.js";
import { type GraphContext, requireViewer } from "../../../platform/graphql/context.js";
import type { Dataset } from "../domain/dataset.js";
import type { Deletion } from "../domain/deletion.js";
import type { Document } from "../domain/document.js";
import type { Loaders } from "./loaders.js";

/** Finds what a client asks for by its id. Reaching for what is not there for the viewer is audited; a reference between rooms is not. */
export interface Lookups {
  dataset(context: GraphContext, id: string): Promise<Dataset | null>;
  document(context: GraphContext, id: string): Promise<Document | null>;
  deletion(context: GraphContext, id: string): Promise<Deletion | null>;
}

/** The longest id that is kept in the audit trail; ours are shorter. */
const MAX_ID = 64;

export function createLookups(loaders: Loaders, audit: AuditLog): Lookups {
  const audited =
    <T>(objectType: string, load: (context: GraphContext, id: string) => Promise<T | null>) =>
    async (context: GraphContext, id: string): Promise<T | null> => {
      const found = await load(context, id);
      if (found === null) {
        const event = { action: `${objectType.toLowerCase()}.read`, objectType, objectId: id.slice(0, MAX_ID) };
        const { traceId } = context;
        await audit.note(requireViewer(context), { ...event, outcome: "REFUSED", reason: "NOT_FOUND", traceId });
      }
      return found;
    };
  return {
    dataset: audited("Dataset", loaders.dataset),
    document: audited("Document", loaders.document),
    deletion: audited("Deletion", loaders.deletion),
  };
}
