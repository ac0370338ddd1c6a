import { type Connection, decodeCursor, encodeCursor, pageSize } from "../../../platform/graphql/connection.js";
import type { IdPage, PageRequest } from "../ports.js";

/** Reads a page by keyset and loads its nodes. @throws RequestError BAD_REQUEST, BAD_CURSOR */
export async function pageOf<T>(
  args: { readonly first: number; readonly after: string | null | undefined },
  read: (request: PageRequest) => Promise<IdPage | null>,
  load: (id: string) => Promise<T | null>,
): Promise<Connection<T>> {
  const first = pageSize(args.first);
  const after = args.after == null ? undefined : decodeCursor(args.after, 2);
  const page = (await read({ first, after })) ?? { rows: [], total: 0 };
  const rows = page.rows.slice(0, first);
  const nodes = await Promise.all(rows.map((row) => load(row.id)));
  const edges = rows.flatMap((row, i) => {
    const node = nodes[i];
    return node == null ? [] : [{ cursor: encodeCursor(row.key), node }];
  });
  return {
    edges,
    totalCount: page.total,
    pageInfo: {
      hasNextPage: page.rows.length > first,
      hasPreviousPage: after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
