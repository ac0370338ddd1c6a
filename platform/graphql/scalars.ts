import { GraphQLError, GraphQLScalarType, Kind } from "graphql";
import { GraphQLDateTimeISO, GraphQLJSON } from "graphql-scalars";

/** An instant, RFC 3339, UTC with milliseconds: "2025-01-31T09:30:00.000Z". */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: "DateTime",
  description: "An instant in RFC 3339, e.g. 2025-01-31T09:30:00.000Z",
  specifiedByURL: null,
  extensions: {},
});

/** A free map of JSON values. */
export const Json = new GraphQLScalarType({
  ...GraphQLJSON.toConfig(),
  name: "JSON",
  description: "Any JSON value",
  specifiedByURL: null,
  extensions: {},
});

const bytes = (value: unknown): number => {
  const size = typeof value === "bigint" || typeof value === "string" ? Number(value) : value;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)
    throw new GraphQLError("A ByteCount is a whole number of bytes from 0 to 2^53-1.");
  return size;
};

/** A size in bytes; unlike Int it reaches beyond 2 GiB. */
export const ByteCount = new GraphQLScalarType({
  name: "ByteCount",
  description: "A number of bytes, from 0 to 2^53-1",
  serialize: bytes,
  parseValue: bytes,
  parseLiteral: (node) => {
    if (node.kind !== Kind.INT) throw new GraphQLError("A ByteCount is a whole number of bytes.");
    return bytes(node.value);
  },
});
