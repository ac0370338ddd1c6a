import type { Reading } from "../ports.js";

/** Parameters that every reading statement needs: the tenant, the viewer's scopes, and what the store does not show yet. */
export const readerParams = ({ tenantId, scopes, overlay }: Reading): Record<string, unknown> => ({
  tenantId,
  scopes,
  ...(overlay ? { changing: overlay.changing, shown: overlay.shown, counts: overlay.counts } : {}),
});

/** Cypher about the chunk `name` by the store's marks alone. A scope begins with its tenant, so this is the tenant's boundary as well. */
export const marked = (name: string): string => `${name}.visible AND ${name}.scope IN $scopes`;

/** Cypher: readable chunks that mention the entity `name` by the store's counts alone. Most entities are of one scope: no loop for these. */
export const markedCount = (name: string): string =>
  `CASE WHEN size(${name}.scopes) = 1 THEN CASE WHEN ${name}.scopes[0] IN $scopes THEN ${name}.chunkCount ELSE 0 END ELSE reduce(n = 0, i IN range(0, size(${name}.scopes) - 1) | n + CASE WHEN ${name}.scopes[i] IN $scopes THEN ${name}.scopeCounts[i] ELSE 0 END) END`;

/** The two conditions that every reading statement is made of. Without an overlay they cost what the store's marks cost. */
export interface Sight {
  /** Cypher: the chunk `name` may be read. */
  chunk(name: string): string;
  /** Cypher: how many readable chunks mention the entity `name`; 0 means that the viewer may not know of it. */
  count(name: string): string;
  /** The same for an entity that a readable chunk is known to mention. */
  knownCount(name: string): string;
}

const PLAIN: Sight = {
  chunk: marked,
  count: markedCount,
  // What only one chunk mentions needs no look at scopes.
  knownCount: (name) => `CASE WHEN ${name}.chunkCount = 1 THEN 1 ELSE ${markedCount(name)} END`,
};
const OVERLAID: Sight = {
  chunk: (name) =>
    `CASE WHEN ${name}.documentId IN $changing THEN ${name}.tenantId = $tenantId AND ${name}.generationKey IN $shown ELSE ${marked(name)} END`,
  count: (name) => `coalesce($counts[${name}.id], ${markedCount(name)})`,
  knownCount: (name) => `coalesce($counts[${name}.id], ${PLAIN.knownCount(name)})`,
};

export const sightOf = (reading: Reading): Sight => (reading.overlay ? OVERLAID : PLAIN);
