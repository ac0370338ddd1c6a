import { unifiedGraphHandler } from "@graphql-hive/router-runtime";
import { type DocumentNode, execute, GraphQLError, type GraphQLFormattedError } from "graphql";
import { complete, type TypedDocument, withTypenames } from "./completion.js";
import { type PartedOperation, partIntrospection } from "./introspection.js";

type Options = Parameters<typeof unifiedGraphHandler>[0];
type Handled = Awaited<ReturnType<typeof unifiedGraphHandler>>;
type Executor = NonNullable<Handled["executor"]>;
type Request = Parameters<Executor>[0];

interface Result {
  data?: Record<string, unknown> | null;
  errors?: (GraphQLError | GraphQLFormattedError)[];
}

interface Prepared extends PartedOperation {
  /** The part that is planned, as `complete` needs it. */
  readonly typed: TypedDocument;
}

/**
 * Plans with the planner in Rust, and executes its plans (`@graphql-hive/router-runtime`): about half of the processor time of
 * the gateway's own planner. What that runtime leaves to do is done here:
 * - null where the schema forbids it makes the nearest nullable parent null, also inside fragments; `data` is there whenever something was executed;
 * - an operation may ask for the schema and for data;
 * - a client that leaves while its operation is being planned does not spoil the plan, which the next one gets too;
 * - what failed in one event of a subscription is told as any other error, and not again with the next;
 * - several bad variables are several errors.
 */
export async function plannedInRust(options: Options): Promise<Handled> {
  const signals = new WeakMap<object, AbortSignal>();
  const handled = await unifiedGraphHandler({
    ...options,
    onSubgraphExecute: ((room: string, request: Request) => {
      const signal = request.context ? signals.get(request.context as object) : undefined;
      return options.onSubgraphExecute(room, signal ? { ...request, signal } : request);
    }) as Options["onSubgraphExecute"],
  });
  const { executor, unifiedGraph: schema } = handled;
  if (!executor) throw new Error("the planner has no executor");

  const prepared = new WeakMap<DocumentNode, Map<string, Prepared>>();
  const prepare = ({ document, operationName = "" }: Request): Prepared => {
    const operations = prepared.get(document) ?? new Map<string, Prepared>();
    prepared.set(document, operations);
    const known = operations.get(operationName);
    if (known) return known;
    const parts = partIntrospection(document, operationName || undefined);
    const next = { ...parts, typed: withTypenames(schema, parts.data ?? document) };
    operations.set(operationName, next);
    return next;
  };

  async function run(request: Request): Promise<Result | AsyncIterable<Result>> {
    const { schema: ofSchema, data: ofData, typed } = prepare(request);
    const variables = (request.variables ?? {}) as Record<string, unknown>;
    const introspected = ofSchema ? await introspect(ofSchema, request, variables) : undefined;
    if (introspected && (!ofData || introspected.errors)) return introspected;

    const { signal, ...unsigned } = request;
    if (signal && request.context) signals.set(request.context as object, signal);
    const completed = ({ data: given, errors: told, ...rest }: Result): Result => {
      const data = complete(schema, typed, request.operationName, variables, given ?? {});
      const merged = data && introspected ? { ...introspected.data, ...data } : data;
      // The runtime keeps one list of errors for all events of a subscription; it is emptied here.
      const errors = told?.splice(0).map(asGraphQLError) ?? [];
      return { ...rest, data: merged, ...(errors.length > 0 ? { errors } : {}) };
    };
    try {
      const result = (await executor?.({ ...unsigned, document: typed.document } as Request)) as
        | Result
        | AsyncIterable<Result>;
      return Symbol.asyncIterator in result ? mapped(result, completed) : completed(result);
    } catch (error) {
      if (error instanceof AggregateError) return { errors: error.errors as GraphQLError[] };
      throw error;
    }
  }

  async function introspect(
    document: DocumentNode,
    { operationName }: Request,
    variableValues: Record<string, unknown>,
  ): Promise<Result> {
    return (await execute({ schema, document, variableValues, operationName: operationName ?? null })) as Result;
  }
  return { ...handled, executor: run as Executor };
}

/** An event's errors come as they were written by the room. */
const asGraphQLError = (error: GraphQLError | GraphQLFormattedError): GraphQLError => {
  if (error instanceof GraphQLError) return error;
  const { message, path, extensions } = error;
  return new GraphQLError(message, { ...(path ? { path } : {}), ...(extensions ? { extensions } : {}) });
};

/** The iterable with each value changed; what ends it ends the one below at once. */
function mapped<T, U>(events: AsyncIterable<T>, change: (event: T) => U): AsyncIterableIterator<U> {
  const source = events[Symbol.asyncIterator]();
  const through = (next: IteratorResult<T>): IteratorResult<U> =>
    next.done ? { done: true, value: undefined } : { done: false, value: change(next.value) };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: async () => through(await source.next()),
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
    async throw(error) {
      if (!source.throw) throw error;
      return through(await source.throw(error));
    },
  };
}
