import { readFile } from "node:fs/promises";
import { parse as parseYaml } from "yaml";
import { z } from "zod";

const schema = z.object({
  subgraphs: z.record(z.string(), z.object({ routing_url: z.url(), schema: z.object({ file: z.string() }) })),
});

/** One subgraph as `supergraph.yaml` names it. */
export interface SubgraphEntry {
  readonly name: string;
  readonly url: string;
  /** Path of its SDL, relative to the project. */
  readonly file: string;
}

/** Reads `supergraph.yaml`. @throws ZodError naming the field that is wrong */
export async function readSupergraphFile(path: string): Promise<SubgraphEntry[]> {
  const parsed = schema.parse(parseYaml(await readFile(path, "utf8")));
  return Object.entries(parsed.subgraphs).map(([name, entry]) => ({
    name,
    url: entry.routing_url,
    file: entry.schema.file,
  }));
}
