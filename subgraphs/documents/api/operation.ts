import type { AuditLog } from "../../../platform/audit/audit.js";
import type { Viewer } from "../../../platform/auth/viewer.js";
import { UnavailableError } from "../../../platform/errors/errors.js";
import { type GraphContext, requireViewer } from "../../../platform/graphql/context.js";
import {
  Component,
  conflict,
  invalidInput,
  notAllowed,
  notFound,
  type Problem,
  QuotaExceeded,
  unavailable,
} from "../../../platform/graphql/problems.js";
import type { Outcome, Refusal } from "../domain/refusal.js";

/** The refusal as clients see it. */
export function problemOf(refusal: Refusal): Problem {
  switch (refusal.kind) {
    case "NOT_FOUND":
      return notFound(refusal.what, refusal.id);
    case "INVALID":
      return invalidInput([...refusal.issues], refusal.code);
    case "CONFLICT":
      return conflict(refusal.message, refusal.existingId, refusal.code);
    case "NOT_ALLOWED":
      return notAllowed(refusal.requires);
    case "QUOTA":
      return Object.assign(new QuotaExceeded(), {
        code: "QUOTA_EXCEEDED",
        message: refusal.message,
        limit: refusal.limit,
        resetsAt: null,
      });
  }
}

/** What is audited as a refusal: somebody reached for what is not theirs, or is not there for them. */
const AUDITED = new Set<Refusal["kind"]>(["NOT_ALLOWED", "NOT_FOUND"]);

/** Runs one mutation: takes the viewer, audits a refusal, and maps the outcome to a payload's two fields. */
export type Operation = <T>(
  context: GraphContext,
  about: { action: string; objectType: string; objectId?: string },
  work: (viewer: Viewer) => Promise<Outcome<T>>,
) => Promise<{ value: T | null; problem: Problem | null }>;

export const operationOf =
  (audit: AuditLog): Operation =>
  async (context, about, work) => {
    const viewer = requireViewer(context);
    try {
      const { value, refusal } = await work(viewer);
      if (!refusal) return { value: value ?? null, problem: null };
      if (AUDITED.has(refusal.kind))
        await audit.note(viewer, { ...about, outcome: "REFUSED", reason: refusal.kind, traceId: context.traceId });
      return { value: null, problem: problemOf(refusal) };
    } catch (error) {
      // Files are a part a client can wait for; the database being away concerns the whole request.
      if (error instanceof UnavailableError && error.component === "STORAGE")
        return { value: null, problem: unavailable(Component.STORAGE, error.message) };
      throw error;
    }
  };
