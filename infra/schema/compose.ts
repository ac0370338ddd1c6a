import { composeServices, compositionHasErrors } from "@theguild/federation-composition";
import { parse } from "graphql";

/** What composition gives: the router's supergraph and the clients' API schema. */
export interface Composed {
  readonly supergraph: string;
  readonly api: string;
}

const HEADER = "# Printed by `npm run schema`. Do not edit.\n\n";

/** Composes subgraphs offline. @throws Error with every composition error, one per line */
export function compose(services: readonly { name: string; url: string; sdl: string }[]): Composed {
  const result = composeServices(services.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
  if (compositionHasErrors(result)) {
    throw new Error(
      `The subgraphs do not compose:\n${result.errors.map((error) => `  [${String(error.extensions["code"])}] ${error.message}`).join("\n")}`,
    );
  }
  if (!result.supergraphSdl || !result.publicSdl) throw new Error("Composition gave no supergraph.");
  return {
    supergraph: HEADER + result.supergraphSdl.trimEnd().concat("\n"),
    api: HEADER + result.publicSdl.trimEnd().concat("\n"),
  };
}

/** A subgraph's SDL as it is committed. */
export const printed = (sdl: string): string => `${HEADER}${sdl.trim()}\n`;
