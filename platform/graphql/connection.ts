import "reflect-metadata";
import { type ClassType, Directive, Field, Int, ObjectType } from "type-graphql";
import { RequestError } from "../errors/errors.js";

@ObjectType({ description: "Where a page of a connection lies" })
@Directive("@shareable")
export class PageInfo {
  @Field() hasNextPage!: boolean;
  @Field() hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true }) startCursor!: string | null;
  @Field(() => String, { nullable: true }) endCursor!: string | null;
}

export interface Connection<T> {
  edges: { cursor: string; node: T }[];
  pageInfo: PageInfo;
  totalCount: number;
}

/** The Relay connection types for a node class: `<Name>Connection`, `<Name>Edge`. */
export function connectionOf<T extends object>(name: string, Node: ClassType<T>): ClassType<Connection<T>> {
  @ObjectType(`${name}Edge`)
  class Edge {
    @Field() cursor!: string;
    @Field(() => Node) node!: T;
  }
  @ObjectType(`${name}Connection`)
  class NodeConnection {
    @Field(() => [Edge]) edges!: Edge[];
    @Field(() => PageInfo) pageInfo!: PageInfo;
    @Field(() => Int, { description: "How many there are in all, for this viewer" }) totalCount!: number;
  }
  return NodeConnection as ClassType<Connection<T>>;
}

/** The most a page may hold; more is refused, not cut silently. */
export const MAX_PAGE = 100;

/** Checks `first`. @throws RequestError BAD_REQUEST outside 1..100 */
export function pageSize(first: number): number {
  if (first < 1 || first > MAX_PAGE) throw new RequestError("BAD_REQUEST", `"first" must be from 1 to ${MAX_PAGE}.`);
  return first;
}

/** An opaque cursor over the sort key of a row (keyset paging: stable while rows come and go). */
export const encodeCursor = (key: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(key)).toString("base64url");

/** Reads a cursor of exactly `length` parts. @throws RequestError BAD_CURSOR */
export function decodeCursor(cursor: string, length: number): (string | number)[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (
      Array.isArray(key) &&
      key.length === length &&
      key.every((part) => typeof part === "string" || Number.isFinite(part))
    )
      return key as (string | number)[];
  } catch {
    // falls through: the same answer for every malformed cursor
  }
  throw new RequestError("BAD_CURSOR", 'The cursor is not one of this list. Start again without "after".');
}

/** Builds a connection from `first + 1` rows read after the cursor: the extra row only says that there is a next page. */
export function toConnection<T>(
  rows: readonly T[],
  first: number,
  after: string | undefined | null,
  totalCount: number,
  keyOf: (row: T) => readonly (string | number)[],
): Connection<T> {
  const edges = rows.slice(0, first).map((node) => ({ cursor: encodeCursor(keyOf(node)), node }));
  return {
    edges,
    totalCount,
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage: after != null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
