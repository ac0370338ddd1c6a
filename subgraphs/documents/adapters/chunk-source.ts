import { z } from "zod";
import type { ChunkSource, SourceChunks } from "../domain/chunk-source.js";
import { ELEMENT_TYPES } from "../domain/elements.js";
import { objectKeys } from "../domain/upload.js";
import type { ObjectStore } from "../ports.js";

const MAX_BYTES = 256 * 1024 * 1024;

const schema = z.object({
  document: z.object({ name: z.string(), mimeType: z.string(), title: z.string().nullable() }),
  chunks: z.array(
    z.object({
      position: z.number().int(),
      text: z.string(),
      elementType: z.enum(ELEMENT_TYPES),
      headingPath: z.array(z.string()),
      pages: z.array(z.number().int()),
      boxes: z.array(
        z.object({ page: z.number().int(), x0: z.number(), y0: z.number(), x1: z.number(), y1: z.number() }),
      ),
      tokens: z.number().int(),
      html: z.string().optional(),
    }),
  ),
});

/** Chunks as they were cut, in the object store. What was indexed before there were edits has its indexed chunks for a source. */
export function createChunkSource(objects: ObjectStore): ChunkSource {
  return {
    async read({ tenantId, datasetId, id }, generation, signal) {
      const source = objectKeys.source(tenantId, datasetId, id, generation);
      const chunks = objectKeys.chunks(tenantId, datasetId, id, generation);
      for (const key of [source, chunks]) {
        if ((await objects.size(key, signal)) === undefined) continue;
        const parts: Buffer[] = [];
        const body = await objects.read(key, { maxBytes: MAX_BYTES, signal });
        for await (const part of body as AsyncIterable<Buffer>) parts.push(part);
        return schema.parse(JSON.parse(Buffer.concat(parts).toString("utf8"))) as SourceChunks;
      }
      return undefined;
    },
    async write({ tenantId, datasetId, id }, generation, source, signal) {
      const key = objectKeys.source(tenantId, datasetId, id, generation);
      await objects.write(key, JSON.stringify(source), "application/json", signal);
    },
  };
}
