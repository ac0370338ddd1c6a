import { buildDocumentsSchema, type DocumentsApi } from "./api/schema.js";

/** Stands for every dependency while only the schema's shape is wanted. */
const absent = new Proxy(
  {},
  {
    get: () => () => {
      throw new Error("the schema is being printed; there are no engines");
    },
  },
);

/** The SDL of this room, printed without any engine. */
export async function sdl(): Promise<string> {
  const api = new Proxy({}, { get: () => absent }) as DocumentsApi;
  return (await buildDocumentsSchema(api)).sdl;
}
