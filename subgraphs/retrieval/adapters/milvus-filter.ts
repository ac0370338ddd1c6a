import { readableScopes, type TenantScope } from "../../../platform/auth/viewer.js";
import { RequestError } from "../../../platform/errors/errors.js";
import type { SearchFilter } from "../domain/passage.js";

declare const scoped: unique symbol;
/** A filter that holds to one tenant. Only this file makes one, so no query can be written without it. */
export type ScopedFilter = string & { readonly [scoped]: true };

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A string literal of Milvus' filter language. Control characters that it has no portable escape for are refused. */
export function literal(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the purpose
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(value))
    throw new RequestError("BAD_REQUEST", "An id or a name holds a control character.");
  return `"${value.replace(/[\\"\n\r\t]/g, (character) => ESCAPES[character] ?? "")}"`;
}

const among = (field: string, values: readonly string[]): string => `${field} in [${values.map(literal).join(", ")}]`;
const integer = (value: number): string => {
  if (!Number.isSafeInteger(value)) throw new RequestError("BAD_REQUEST", "A number of a filter is not whole.");
  return String(value);
};

/** What the scope may read, narrowed by the caller's filter and, where given, to some chunks. */
export function readable(scope: TenantScope, filter: SearchFilter = {}, chunkIds?: readonly string[]): ScopedFilter {
  return [
    `tenant_id == ${literal(scope.tenantId)}`,
    among("scope", readableScopes(scope)),
    ...(filter.datasetIds ? [among("dataset_id", filter.datasetIds)] : []),
    ...(filter.documentIds ? [among("document_id", filter.documentIds)] : []),
    ...(filter.elementTypes ? [among("element_type", filter.elementTypes)] : []),
    ...(filter.createdAfter === undefined ? [] : [`created_at >= ${integer(filter.createdAfter)}`]),
    ...(filter.createdBefore === undefined ? [] : [`created_at < ${integer(filter.createdBefore)}`]),
    // A document without a date has "", which comes before every day.
    ...(filter.effectiveOn === undefined ? [] : [`effective_date <= ${literal(filter.effectiveOn)}`]),
    ...(chunkIds ? [among("id", chunkIds)] : []),
  ].join(" and ") as ScopedFilter;
}

/** Rows of one document of the tenant, in whatever department they lie: for the worker, never for a reader. */
export function ofDocument(
  scope: TenantScope,
  documentId: string,
  more: { generation?: number; before?: number; chunkIds?: readonly string[] } = {},
): ScopedFilter {
  return [
    `tenant_id == ${literal(scope.tenantId)}`,
    `document_id == ${literal(documentId)}`,
    ...(more.generation === undefined ? [] : [`generation == ${integer(more.generation)}`]),
    ...(more.before === undefined ? [] : [`generation < ${integer(more.before)}`]),
    ...(more.chunkIds ? [among("id", more.chunkIds)] : []),
  ].join(" and ") as ScopedFilter;
}

/** Every row of the tenant, in whatever department: for the worker's inventory, never for a reader. */
export const ofTenant = (scope: TenantScope): ScopedFilter => `tenant_id == ${literal(scope.tenantId)}` as ScopedFilter;

/** The filter for the rows after `id` in the order of ids (keyset paging). */
export const after = (filter: ScopedFilter, id: string): ScopedFilter =>
  `${filter} and id > ${literal(id)}` as ScopedFilter;
