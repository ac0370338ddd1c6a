import type { GatewayPlugin } from "@graphql-hive/gateway";
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  getOperationAST,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  type SelectionSetNode,
  Source,
  TokenKind,
} from "graphql";

/** What one operation may ask for. Each limit is proven by a request it refuses. */
export interface OperationLimits {
  /** Nested fields, counted through fragments. */
  readonly depth: number;
  /** Fields an answer can hold at most; a list multiplies what is under it by its page size. */
  readonly cost: number;
  readonly aliases: number;
  readonly directives: number;
  /** Lexical tokens of the document. */
  readonly tokens: number;
  /** Operations in one HTTP request. */
  readonly batch: number;
}

export const DEFAULT_LIMITS: OperationLimits = {
  depth: 16,
  cost: 10_000,
  aliases: 30,
  directives: 50,
  tokens: 4000,
  batch: 5,
};

/** Arguments that size a list, and what is assumed where a list has none. */
const SIZE_ARGUMENTS = new Set(["first", "last", "limit", "topK"]);
const UNSIZED_LIST = 5;

/** Selections looked at in one operation: fragments that spread fragments can expand to more than any machine can walk. */
const MAX_STEPS = 50_000;

const tooComplex = (limit: keyof OperationLimits, message: string, max: number): GraphQLError =>
  new GraphQLError(message, { extensions: { code: "TOO_COMPLEX", limit, max } });

interface Measured {
  depth: number;
  cost: number;
  aliases: number;
  directives: number;
}

/** Walks one operation through its fragments. Stops at the first limit that is passed, so that a hostile document costs little. */
export function measureOperation(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  limits: OperationLimits,
): Measured | GraphQLError {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const total: Measured = { depth: 0, cost: 0, aliases: 0, directives: operation.directives?.length ?? 0 };

  let steps = 0;

  const pageOf = (field: FieldNode): number => {
    for (const argument of field.arguments ?? []) {
      if (!SIZE_ARGUMENTS.has(argument.name.value)) continue;
      const size =
        argument.value.kind === Kind.INT
          ? Number(argument.value.value)
          : argument.value.kind === Kind.VARIABLE
            ? Number(variables[argument.value.name.value] ?? UNSIZED_LIST)
            : UNSIZED_LIST;
      if (Number.isFinite(size)) return Math.max(1, size);
    }
    return 1;
  };

  function visit(
    set: SelectionSetNode,
    depth: number,
    times: number,
    open: ReadonlySet<string>,
  ): GraphQLError | undefined {
    for (const selection of set.selections) {
      if (++steps > MAX_STEPS)
        return tooComplex(
          "cost",
          "The operation's fragments expand to too much. Ask in several operations.",
          limits.cost,
        );
      total.directives += selection.directives?.length ?? 0;
      if (total.directives > limits.directives)
        return tooComplex(
          "directives",
          `The operation has more than ${limits.directives} directives. Remove some.`,
          limits.directives,
        );
      if (selection.kind === Kind.FIELD) {
        if (selection.name.value.startsWith("__")) {
          if (selection.name.value === "__schema" || selection.name.value === "__type") continue; // introspection has its own switch
        }
        total.depth = Math.max(total.depth, depth);
        if (depth > limits.depth)
          return tooComplex(
            "depth",
            `The operation is nested deeper than ${limits.depth} fields. Ask in two operations.`,
            limits.depth,
          );
        if (selection.alias && ++total.aliases > limits.aliases)
          return tooComplex(
            "aliases",
            `The operation has more than ${limits.aliases} aliases. Ask in several operations.`,
            limits.aliases,
          );
        total.cost += times;
        if (total.cost > limits.cost)
          return tooComplex(
            "cost",
            `The operation can return more than ${limits.cost} fields. Ask for smaller pages.`,
            limits.cost,
          );
        if (selection.selectionSet) {
          const failure = visit(selection.selectionSet, depth + 1, times * pageOf(selection), open);
          if (failure) return failure;
        }
      } else {
        const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : undefined;
        if (selection.kind === Kind.FRAGMENT_SPREAD && (!fragment || open.has(selection.name.value))) continue; // other rules report these
        const next =
          selection.kind === Kind.INLINE_FRAGMENT
            ? selection.selectionSet
            : (fragment as FragmentDefinitionNode).selectionSet;
        const failure = visit(next, depth, times, fragment ? new Set([...open, fragment.name.value]) : open);
        if (failure) return failure;
      }
    }
    return undefined;
  }
  return visit(operation.selectionSet, 1, 1, new Set()) ?? total;
}

/** True when the text has more lexical tokens than `max`; stops counting there. A text that does not lex is left to the parser's error. */
function hasMoreTokens(text: string, max: number): boolean {
  if (text.length <= max) return false;
  const lexer = new Lexer(new Source(text));
  try {
    for (let count = 0; lexer.advance().kind !== TokenKind.EOF; count++) if (count >= max) return true;
  } catch {
    return false;
  }
  return false;
}

interface Execution {
  args: { document: DocumentNode; operationName?: string | null; variableValues?: Record<string, unknown> | null };
  setResultAndStopExecution(result: { errors: GraphQLError[] }): void;
}
interface Incoming {
  params: { query?: unknown };
  setResult(result: { errors: GraphQLError[] }): void;
}

/**
 * Refuses operations beyond the limits before anything is planned or fetched. Not a validation rule: validation is cached
 * by document, and what an operation costs depends on its variables.
 */
export function operationLimits(limits: OperationLimits): GatewayPlugin {
  const check = ({ args, setResultAndStopExecution }: Execution): void => {
    const operation = getOperationAST(args.document, args.operationName);
    if (!operation) return;
    const measured = measureOperation(args.document, operation, args.variableValues ?? {}, limits);
    if (measured instanceof GraphQLError) setResultAndStopExecution({ errors: [measured] });
  };
  return {
    onParams({ params, setResult }: Incoming) {
      if (typeof params.query === "string" && hasMoreTokens(params.query, limits.tokens))
        setResult({
          errors: [
            tooComplex(
              "tokens",
              `The document has more than ${limits.tokens} tokens. Ask in several operations.`,
              limits.tokens,
            ),
          ],
        });
    },
    onExecute: check,
    onSubscribe: check,
  } as unknown as GatewayPlugin;
}
