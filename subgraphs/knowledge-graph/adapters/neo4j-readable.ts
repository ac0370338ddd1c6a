import { readableScopes } from "../../../platform/auth/viewer.js";
import type { Reading } from "../ports.js";

/** Parameters that every reading statement needs: the tenant and the scopes of the viewer. */
export const readerParams = (reading: Reading): Record<string, unknown> => ({
  tenantId: reading.scope.tenantId,
  scopes: readableScopes(reading.scope),
});

/** Cypher: the chunk `name` may be read. A scope begins with its tenant, so this is the tenant's boundary as well. */
export const readable = (name: string): string => `${name}.visible AND ${name}.scope IN $scopes`;

/** Cypher: how many readable chunks mention the entity `name`; 0 means that the viewer may not know of it. Most entities are of one scope: no loop for these. */
export const readableCount = (name: string): string =>
  `CASE WHEN size(${name}.scopes) = 1 THEN CASE WHEN ${name}.scopes[0] IN $scopes THEN ${name}.chunkCount ELSE 0 END ELSE reduce(n = 0, i IN range(0, size(${name}.scopes) - 1) | n + CASE WHEN ${name}.scopes[i] IN $scopes THEN ${name}.scopeCounts[i] ELSE 0 END) END`;
