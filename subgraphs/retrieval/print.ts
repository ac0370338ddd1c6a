import { buildRetrievalSchema } from "./api/schema.js";

/** The room's SDL, printed without any engine. */
export async function sdl(): Promise<string> {
  const schema = await buildRetrievalSchema({
    search: () => Promise.reject(new Error("the schema is only printed here")),
  });
  return schema.sdl;
}
