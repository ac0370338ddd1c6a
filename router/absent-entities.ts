import type { GatewayPlugin } from "@graphql-hive/gateway";
import type { GraphQLError } from "graphql";

interface Result {
  data?: unknown;
  errors?: readonly GraphQLError[];
}
interface Done {
  result: Result | AsyncIterable<Result>;
  setResult(result: Result): void;
}

/** The router's own words for a field that its room left out; a subgraph's failure has a code of its own. */
const isLeftOut = (error: GraphQLError): boolean =>
  error.message.startsWith("Cannot return null for non-nullable field") && error.extensions["code"] === undefined;

function withoutAbsent({ result, setResult }: Done): void {
  if (Symbol.asyncIterator in result || !result.errors || result.data == null) return;
  const { errors, ...rest } = result;
  const others = errors.filter((error) => !isLeftOut(error));
  if (others.length < errors.length) setResult(others.length > 0 ? { ...rest, errors: others } : rest);
}

/**
 * `node(id)` and references between rooms name an object before its own room is asked. When that room does not know it, or
 * not for this viewer, the reference is null, which is an answer and not a failure: the same as on other federation routers.
 */
export function absentEntities(): GatewayPlugin {
  return { onExecute: () => ({ onExecuteDone: withoutAbsent }) } as unknown as GatewayPlugin;
}
