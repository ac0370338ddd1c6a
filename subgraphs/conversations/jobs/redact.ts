import type { z } from "zod";
import type { TenantScope } from "../../../platform/auth/viewer.js";
import { JOBS, purgeJob, type purgeResult } from "../../../platform/queue/catalogue.js";
import { defineJob } from "../../../platform/queue/worker.js";
import type { RetrievedPassage } from "../domain/answer.js";
import type { AnswerStream, SessionCache } from "../ports.js";
import type { AnswerCache, Redactions } from "../trust-ports.js";

const TIME_LIMIT_MS = 10 * 60_000;

export interface RedactionDependencies {
  readonly redactions: Redactions;
  readonly stream: AnswerStream;
  readonly session: SessionCache;
  /** Undefined: nothing is cached. */
  readonly cache: Pick<AnswerCache, "forget"> | undefined;
}

/**
 * Takes a deleted document's words out of the tenant's answers, messages, streams, sessions and cached answers. Run twice, or by two workers, it
 * removes each once and counts it once.
 */
export async function redactDocument(
  { cache, redactions, session, stream }: RedactionDependencies,
  tenantId: string,
  documentId: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  // First of all: an answer that is finished from here on sees it and redacts itself.
  await redactions.begin(tenantId, documentId);
  while ((await redactions.redactSome(tenantId, documentId)) > 0) signal.throwIfAborted();
  for (let after = ""; ; ) {
    signal.throwIfAborted();
    const answers = await redactions.touched(tenantId, documentId, after);
    const last = answers.at(-1);
    if (!last) break;
    await stream.forget(
      tenantId,
      answers.map(({ id }) => id),
    );
    for (const conversationId of new Set(answers.map((answer) => answer.conversationId)))
      await session.forget(tenantId, conversationId);
    after = last.id;
  }
  const cached = (await cache?.forget(tenantId, documentId)) ?? 0;
  if (cached > 0) await redactions.count(tenantId, documentId, "cachedAnswers", cached);
  return redactions.removed(tenantId, documentId);
}

/** Redacts an answer that was written while one of its documents was deleted. To be called after its row is finished. */
export async function redactIfDeleted(
  dependencies: RedactionDependencies,
  scope: TenantScope,
  passages: readonly RetrievedPassage[],
  signal: AbortSignal,
): Promise<void> {
  const documents = [...new Set(passages.map((passage) => passage.documentId))];
  if (documents.length === 0) return;
  for (const documentId of await dependencies.redactions.deleted(scope, documents))
    await redactDocument(dependencies, scope.tenantId, documentId, signal);
}

/** The part of a document's deletion that is this room's. */
export const redactDocumentJob = (dependencies: RedactionDependencies) =>
  defineJob({
    name: JOBS.redact,
    schema: purgeJob,
    timeoutMs: TIME_LIMIT_MS,
    async handle({ documentId }, { scope, signal }): Promise<z.output<typeof purgeResult>> {
      return { removed: await redactDocument(dependencies, scope.tenantId, documentId, signal) };
    },
  });
