import { buildConversationsSchema } from "./api/schema.js";
import type { ConversationServices } from "./api/services.js";

/** The room's SDL, printed without any engine. */
export async function sdl(): Promise<string> {
  const services = new Proxy({} as ConversationServices, {
    get() {
      throw new Error("the schema is only printed here");
    },
  });
  return (await buildConversationsSchema(services)).sdl;
}
