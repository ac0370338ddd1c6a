import { buildKnowledgeGraphSchema } from "./api/schema.js";

const unreachable = new Proxy(
  {},
  {
    get() {
      throw new Error("The schema is printed without a store.");
    },
  },
) as never;

/** The room's SDL, without any engine. */
export async function sdl(): Promise<string> {
  return (
    await buildKnowledgeGraphSchema({
      nodes: unreachable,
      graph: unreachable,
      walk: unreachable,
      readings: unreachable,
    })
  ).sdl;
}
