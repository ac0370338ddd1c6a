import { describe, expect, test } from "vitest";
import { after, literal, ofDocument, readable } from "./milvus-filter.js";

const scope = { tenantId: "acme", userId: "u1", departments: ["hr", "인사"] };

describe("a reader's filter", () => {
  test("always holds the tenant and the readable scopes", () => {
    expect(readable(scope)).toBe('tenant_id == "acme" and scope in ["acme/@shared", "acme/hr", "acme/인사"]');
  });

  test("narrows by everything the caller gives, never widens", () => {
    const filter = readable(
      scope,
      {
        datasetIds: ["ds_1"],
        documentIds: ["doc_1"],
        elementTypes: ["TABLE"],
        createdAfter: 5,
        createdBefore: 9,
        effectiveOn: "2025-01-01",
      },
      ["chk_1"],
    );
    expect(filter).toBe(
      `${readable(scope)} and dataset_id in ["ds_1"] and document_id in ["doc_1"] and element_type in ["TABLE"] and created_at >= 5 and created_at < 9 and effective_date <= "2025-01-01" and id in ["chk_1"]`,
    );
  });
});

test("no value can end its literal", () => {
  expect(literal('x" or tenant_id != "')).toBe('"x\\" or tenant_id != \\""');
  expect(literal('x\\" or 1 == 1')).toBe('"x\\\\\\" or 1 == 1"');
  expect(literal("a\nb\tc")).toBe('"a\\nb\\tc"');
  expect(() => literal("a\u0000b")).toThrow("control character");
});

test("a worker's filter holds the tenant and the document, and pages by id", () => {
  expect(after(ofDocument(scope, "doc_1", { before: 3 }), "chk_9")).toBe(
    'tenant_id == "acme" and document_id == "doc_1" and generation < 3 and id > "chk_9"',
  );
});
