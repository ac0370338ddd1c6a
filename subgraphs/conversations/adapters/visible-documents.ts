import { mayReadDepartment } from "../../../platform/auth/viewer.js";
import type { VisibilityFeed } from "../../../platform/visibility/visibility.js";
import type { DocumentAccess } from "../ports.js";
import type { BuiltFrom } from "../trust-ports.js";

/** Reads what the documents room publishes about its documents. Unknown is unreadable. */
export const createDocumentAccess = (feed: VisibilityFeed): DocumentAccess & BuiltFrom => ({
  async readable(scope, documentIds) {
    const visible = await feed.visible(scope.tenantId, documentIds);
    return new Set([...visible].filter(([, state]) => mayReadDepartment(scope, state.department)).map(([id]) => id));
  },
  async revisions(scope, documentIds) {
    const visible = await feed.visible(scope.tenantId, documentIds);
    return Object.fromEntries(
      [...visible].flatMap(([id, state]) => (mayReadDepartment(scope, state.department) ? [[id, state.revision]] : [])),
    );
  },
  stamp: (tenantId, datasetIds) => feed.stamp(tenantId, datasetIds),
});
