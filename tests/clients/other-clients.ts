import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { cacheExchange, fetchExchange, createClient as urqlClient } from "@urql/core";
import { createClient as sseClient } from "graphql-sse";
import { createClient as wsClient } from "graphql-ws";
import { createClient } from "../../clients/typescript/client.js";
import { possibleTypes, type TypedOperation } from "../../clients/typescript/index.js";

/** What the contract asks of any GraphQL client: the published operations, as they are. */
export interface AnyClient {
  execute<Result, Variables>(operation: TypedOperation<Result, Variables>, variables: Variables): Promise<Result>;
  subscribe<Result, Variables>(
    operation: TypedOperation<Result, Variables>,
    variables: Variables,
  ): AsyncIterable<Result>;
  close(): Promise<void>;
}

type Open = (url: string, token: string) => AnyClient;
type Untyped = Record<string, unknown>;

const socketUrl = (url: string): string => url.replace(/^http/, "ws");
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** graphql-ws and graphql-sse: one iterator for all kinds of operations. */
const iterating = (
  iterate: (
    query: string,
    variables: Untyped,
  ) => AsyncIterable<{ data?: unknown; errors?: readonly unknown[] | null | undefined }>,
  close: () => void | Promise<void>,
): AnyClient => {
  async function* results<Result>(operation: TypedOperation<Result, never>, variables: unknown) {
    for await (const { data, errors } of iterate(operation.toString(), variables as Untyped)) {
      if (errors?.length) throw new Error(JSON.stringify(errors));
      yield data as Result;
    }
  }
  return {
    async execute(operation, variables) {
      for await (const data of results(operation as never, variables)) return data as never;
      throw new Error("no result came");
    },
    subscribe: (operation, variables) => results(operation as never, variables),
    close: async () => close(),
  };
};

const apollo: Open = (url, token) => {
  const socket = wsClient({ url: socketUrl(url), connectionParams: bearer(token) });
  const client = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === "subscription",
      new GraphQLWsLink(socket),
      new HttpLink({ uri: url, headers: bearer(token) }),
    ),
  });
  return {
    async execute(operation, variables) {
      const document = gql(operation.toString());
      const isMutation = document.definitions.some(
        (part) => part.kind === "OperationDefinition" && part.operation === "mutation",
      );
      const { data } = isMutation
        ? await client.mutate({ mutation: document, variables: variables as Untyped })
        : await client.query({ query: document, variables: variables as Untyped, fetchPolicy: "network-only" });
      return data as never;
    },
    subscribe: (operation, variables) =>
      eventsOf((observer) => {
        const subscription = client
          .subscribe({ query: gql(operation.toString()), variables: variables as Untyped, fetchPolicy: "no-cache" })
          .subscribe({
            next: ({ data, error }) => (error ? observer.error(error) : observer.next(data)),
            error: observer.error,
            complete: observer.complete,
          });
        return () => subscription.unsubscribe();
      }),
    async close() {
      client.stop();
      await socket.dispose();
    },
  };
};

const urql: Open = (url, token) => {
  const client = urqlClient({
    url,
    exchanges: [cacheExchange, fetchExchange],
    fetchSubscriptions: true,
    preferGetMethod: false,
    fetchOptions: { headers: bearer(token) },
  });
  return {
    async execute(operation, variables) {
      const text = operation.toString();
      const { data, error } = /^\s*mutation/m.test(text)
        ? await client.mutation(text, variables as Untyped).toPromise()
        : await client.query(text, variables as Untyped, { requestPolicy: "network-only" }).toPromise();
      if (error) throw error;
      return data as never;
    },
    subscribe: (operation, variables) =>
      eventsOf((observer) => {
        const { unsubscribe } = client
          .subscription(operation.toString(), variables as Untyped)
          .subscribe(({ data, error, hasNext }) => {
            if (error) return observer.error(error);
            // The end repeats the last event.
            if (hasNext === false) observer.complete();
            else if (data != null) observer.next(data);
          });
        return unsubscribe;
      }),
    async close() {},
  };
};

const ws: Open = (url, token) => {
  const client = wsClient({ url: socketUrl(url), connectionParams: bearer(token) });
  return iterating(
    (query, variables) => client.iterate({ query, variables }),
    () => client.dispose(),
  );
};

const sse: Open = (url, token) => {
  const client = sseClient({ url, headers: bearer(token), singleConnection: false });
  return iterating(
    (query, variables) => client.iterate({ query, variables }),
    () => client.dispose(),
  );
};

/** curl and a reader of lines: what a shell script can do. */
const curl: Open = (url, token) => {
  const running = new Set<ChildProcess>();
  const post = (accept: string, query: string, variables: unknown): ChildProcessWithoutNullStreams => {
    const headers = ["content-type: application/json", `accept: ${accept}`, `authorization: Bearer ${token}`];
    const options = ["--silent", "--show-error", "--no-buffer", "--max-time", "120", "--data-binary", "@-"];
    const child = spawn("curl", [...options, ...headers.flatMap((header) => ["--header", header]), url]);
    running.add(child);
    child.once("exit", () => running.delete(child));
    child.stdin.end(JSON.stringify({ query, variables }));
    return child;
  };
  const dataOf = (text: string): unknown => {
    const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: readonly unknown[] };
    if (errors?.length) throw new Error(JSON.stringify(errors));
    return data;
  };
  return {
    async execute(operation, variables) {
      let text = "";
      for await (const part of post("application/json", operation.toString(), variables).stdout.setEncoding("utf8"))
        text += part;
      return dataOf(text) as never;
    },
    async *subscribe(operation, variables) {
      const child = post("text/event-stream", operation.toString(), variables);
      try {
        for await (const line of createInterface({ input: child.stdout })) {
          if (line === "event: complete") return;
          if (line.startsWith("data: ")) yield dataOf(line.slice("data: ".length)) as never;
        }
        throw new Error("the stream broke off");
      } finally {
        child.kill();
      }
    },
    async close() {
      for (const child of running) child.kill();
    },
  };
};

const published: Open = (url, token) => ({ ...createClient({ url, token }), close: async () => {} });

/** The clients that the contract is held with, by name. */
export const CLIENTS: readonly { readonly name: string; readonly open: Open }[] = [
  { name: "the published client", open: published },
  { name: "Apollo Client over HTTP and graphql-ws", open: apollo },
  { name: "urql over HTTP and server-sent events", open: urql },
  { name: "graphql-ws", open: ws },
  { name: "graphql-sse with distinct connections", open: sse },
  { name: "curl with server-sent events", open: curl },
];

interface Observer {
  next(value: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

/** The events of a push-driven source, in order. Leaving the loop ends the subscription. */
async function* eventsOf<Event>(open: (observer: Observer) => () => void): AsyncGenerator<Event, void, undefined> {
  const waiting: Event[] = [];
  let end: { readonly error?: unknown } | undefined;
  let wake = (): void => undefined;
  const finish = (how: { error?: unknown }): void => {
    end ??= how;
    wake();
  };
  const close = open({
    next: (value) => {
      waiting.push(value as Event);
      wake();
    },
    error: (error) => finish({ error }),
    complete: () => finish({}),
  });
  try {
    for (;;) {
      for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) yield event;
      if (end) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if ("error" in end) throw end.error;
  } finally {
    close();
  }
}
