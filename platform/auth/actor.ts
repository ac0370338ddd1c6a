import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { DEPARTMENT_PATTERN, TENANT_PATTERN, type TenantScope } from "./viewer.js";

const actorSchema = z.object({
  sub: z.string().min(1),
  tenant: z.string().regex(TENANT_PATTERN),
  departments: z.array(z.string().regex(DEPARTMENT_PATTERN)),
});

/** Signs who asked for a job, so that a worker reaches the stores with that scope and no other. A job may wait long, so it does not expire. */
export const actorSigner =
  (secret: Uint8Array) =>
  (scope: TenantScope): Promise<string> =>
    new SignJWT({ tenant: scope.tenantId, departments: [...scope.departments] })
      .setProtectedHeader({ alg: "HS256", typ: "llmflow-actor" })
      .setSubject(scope.userId)
      .sign(secret);

/** Opens a job's actor. @throws JOSEError when it was altered. */
export const actorVerifier =
  (secret: Uint8Array) =>
  async (actor: string): Promise<TenantScope> => {
    const { payload } = await jwtVerify(actor, secret, { algorithms: ["HS256"], typ: "llmflow-actor" });
    const claims = actorSchema.parse(payload);
    return { tenantId: claims.tenant, userId: claims.sub, departments: claims.departments };
  };
