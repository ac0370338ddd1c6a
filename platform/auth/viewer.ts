import { z } from "zod";
import { RequestError } from "../errors/errors.js";

export const ROLES = ["admin", "editor", "member", "mlops", "auditor", "service"] as const;
export type Role = (typeof ROLES)[number];

/** Who acts for which tenant: what a store needs to know before it may be reached. A `Viewer` and a job's actor both are one. */
export interface TenantScope {
  readonly tenantId: string;
  readonly userId: string;
  readonly departments: readonly string[];
}

/** The verified caller of a request. Made from a token or an envelope, never from arguments. */
export interface Viewer extends TenantScope {
  readonly roles: readonly Role[];
  readonly name?: string;
  /** Seconds since the epoch at which the caller's token ends; streams end then too. */
  readonly expiresAt: number;
}

/** Tenant and department names are parts of keys, paths and filters, so their alphabet is closed. */
export const TENANT_PATTERN = /^[a-z0-9][a-z0-9-]{0,62}$/;
export const DEPARTMENT_PATTERN = /^[\p{L}\p{N}][\p{L}\p{N}_-]{0,62}$/u;
const SHARED = "@shared";

const claimsSchema = z.object({
  sub: z.string().min(1).max(128),
  tenant_id: z.string().regex(TENANT_PATTERN),
  departments: z.array(z.string().regex(DEPARTMENT_PATTERN)).max(64).default([]),
  roles: z.array(z.string()).max(32).default([]),
  name: z.string().max(200).optional(),
  exp: z.number().int(),
});

/** Claims as they travel in tokens and envelopes. */
export type ViewerClaims = z.input<typeof claimsSchema>;

/** Reads a viewer from verified claims; unknown roles are dropped. @throws RequestError UNAUTHENTICATED when a claim is missing or malformed. */
export function viewerFromClaims(claims: unknown): Viewer {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
    throw new RequestError(
      "UNAUTHENTICATED",
      `The token lacks valid claims: ${fields}. Ask your identity provider for them.`,
    );
  }
  const c = parsed.data;
  return {
    tenantId: c.tenant_id,
    userId: c.sub,
    departments: [...new Set(c.departments)].sort(),
    roles: ROLES.filter((role) => c.roles.includes(role)),
    ...(c.name ? { name: c.name } : {}),
    expiresAt: c.exp,
  };
}

/** The inverse of {@link viewerFromClaims}. */
export const claimsFromViewer = (v: Viewer): ViewerClaims => ({
  sub: v.userId,
  tenant_id: v.tenantId,
  departments: [...v.departments],
  roles: [...v.roles],
  ...(v.name ? { name: v.name } : {}),
  exp: v.expiresAt,
});

export const hasRole = (viewer: Viewer, ...roles: Role[]): boolean => roles.some((role) => viewer.roles.includes(role));

/** `null` is "shared with the whole tenant". */
export const mayReadDepartment = (scope: TenantScope, department: string | null): boolean =>
  department === null || scope.departments.includes(department);

/** Documents are changed by admins and editors of their department; shared ones by any of them. */
export const mayWriteDepartment = (viewer: Viewer, department: string | null): boolean =>
  hasRole(viewer, "admin", "editor") && mayReadDepartment(viewer, department);

/** The partition key of a vector row or a graph node: tenant/department, or tenant/@shared. */
export const scopeKey = (tenantId: string, department: string | null): string => `${tenantId}/${department ?? SHARED}`;

/** Every scope that the caller may read. Never empty: the shared one is always there. */
export const readableScopes = (scope: TenantScope): string[] => [
  scopeKey(scope.tenantId, null),
  ...scope.departments.map((department) => scopeKey(scope.tenantId, department)),
];
