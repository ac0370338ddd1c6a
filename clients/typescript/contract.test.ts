import { readFileSync } from "node:fs";
import { buildSchema, isInterfaceType, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import * as client from "./index.js";

const schema = buildSchema(readFileSync(new URL("../../schema/api.graphql", import.meta.url), "utf8"));
const documents = Object.entries(client).flatMap(([name, value]) =>
  name.endsWith("Document") && value instanceof String ? [{ name, text: value.toString() }] : [],
);

describe("the published operations", () => {
  test("are valid against the API", () => {
    const broken = documents.filter(({ text }) => validate(schema, parse(text)).length > 0).map(({ name }) => name);
    expect(broken).toEqual([]);
  });

  test("reach every query, mutation and subscription of the API", () => {
    const used = new Set<string>();
    for (const { text } of documents)
      for (const definition of parse(text).definitions)
        if (definition.kind === "OperationDefinition")
          for (const field of definition.selectionSet.selections)
            if (field.kind === "Field") used.add(`${definition.operation}.${field.name.value}`);
    const offered = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((root) =>
      Object.keys(root?.getFields() ?? {}).map((field) => `${root?.name.toLowerCase()}.${field}`),
    );
    expect(offered.filter((field) => !used.has(field))).toEqual([]);
  });

  test("name every type behind an interface for caches", () => {
    const interfaces = Object.values(schema.getTypeMap()).filter(isInterfaceType);
    const expected = Object.fromEntries(
      interfaces.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
    );
    const sorted = (types: Record<string, string[]>): Record<string, string[]> =>
      Object.fromEntries(Object.entries(types).map(([name, members]) => [name, [...members].sort()]));
    expect(sorted(client.possibleTypes)).toEqual(sorted(expected));
  });
});
