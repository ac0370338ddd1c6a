import { GraphQLError, Kind, type OperationDefinitionNode, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, measureOperation, type OperationLimits } from "./limits.js";

function measure(source: string, limits: Partial<OperationLimits> = {}, variables: Record<string, unknown> = {}) {
  const document = parse(source);
  const operation = document.definitions.find(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  ) as OperationDefinitionNode;
  return measureOperation(document, operation, variables, { ...DEFAULT_LIMITS, ...limits });
}
const refusedFor = (result: unknown): unknown =>
  result instanceof GraphQLError ? result.extensions["limit"] : undefined;

describe("operation limits", () => {
  test("depth is counted through fragments, inline and named", () => {
    const source = "{ a { ...F } } fragment F on T { b { ... on U { c } } }";
    expect(measure(source)).toMatchObject({ depth: 3 });
    expect(refusedFor(measure(source, { depth: 2 }))).toBe("depth");
  });

  test("a page multiplies what is under it, also when its size is a variable", () => {
    expect(measure("{ a(first: 100) { b { c } } }")).toMatchObject({ cost: 1 + 100 + 100 });
    expect(measure("query ($n: Int) { a(first: $n) { b } }", {}, { n: 50 })).toMatchObject({ cost: 51 });
    expect(refusedFor(measure("{ a(first: 100) { b(first: 100) { c(first: 100) { d } } } }"))).toBe("cost");
  });

  test("aliases and directives are counted over the whole operation", () => {
    expect(refusedFor(measure(`{ ${Array.from({ length: 31 }, (_, i) => `a${i}: x`).join(" ")} }`))).toBe("aliases");
    expect(refusedFor(measure(`{ ${"x @skip(if: false) ".repeat(51)} }`))).toBe("directives");
  });

  test("a cycle of fragments, or a fan of them, ends soon", () => {
    expect(measure("{ ...A } fragment A on T { x ...B } fragment B on T { y ...A }")).toMatchObject({ depth: 1 });
    const fan = Array.from({ length: 40 }, (_, i) => `fragment F${i} on T { a: x ...F${i + 1} ...F${i + 1} }`).join(
      "\n",
    );
    expect(measure(`{ ...F0 } ${fan} fragment F40 on T { x }`)).toBeInstanceOf(GraphQLError);
    const empty = Array.from({ length: 40 }, (_, i) => `fragment F${i} on T { ...F${i + 1} ...F${i + 1} }`).join("\n");
    expect(refusedFor(measure(`{ ...F0 } ${empty} fragment F40 on T { __typename }`))).toBe("cost");
  });

  test("introspection is left to its own switch", () => {
    expect(measure("{ __schema { types { fields { type { ofType { ofType { name } } } } } } }")).toMatchObject({
      depth: 0,
      cost: 0,
    });
  });
});
