import type { TenantScope } from "../../../platform/auth/viewer.js";
import type { AnswerCache, BuiltFrom } from "../trust-ports.js";
import type { AnswerOutcome, CacheDecision, CacheReason } from "./answer.js";
import { bypassed, type CachedAnswer, type CacheScope } from "./answer-cache.js";

/** What came of looking an answer up; `leads`: this one is to compute it, while others who ask the same wait. */
export interface Lookup {
  readonly decision: CacheDecision;
  readonly found: CachedAnswer | undefined;
  /** Where to keep the answer that is computed now; undefined: nowhere. */
  readonly scope: CacheScope | undefined;
  readonly leads: boolean;
}

export interface CachedAnswers {
  look(
    viewer: TenantScope,
    scope: Omit<CacheScope, "stamp" | "tenantId" | "departments">,
    question: string,
    bypass: CacheReason | undefined,
    signal: AbortSignal,
  ): Promise<Lookup>;
  /** Keeps a computed answer when others may rely on it, and lets those go on who wait for it. Never throws. */
  settle(viewer: TenantScope, question: string, lookup: Lookup, outcome: AnswerOutcome): Promise<void>;
}

/** What one conversation with the cache may take; without an answer in that time the work goes on without it. */
const TIME_LIMIT_MS = 500;
/** What finding a similar question may take, with its vector: less than computing an answer. */
const SIMILAR_MS = 2000;
/** How long an asker waits for another who computes the same answer. */
const WAIT_MS = 15_000;

const miss = (reason: CacheReason): CacheDecision => ({ outcome: "MISS", reason, similarity: null });
const UNAVAILABLE: Omit<Lookup, "scope"> = {
  decision: { outcome: "UNAVAILABLE", reason: "NO_ANSWER_IN_TIME", similarity: null },
  found: undefined,
  leads: false,
};

async function within<T>(work: Promise<T>, limitMs: number = TIME_LIMIT_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("the cache does not answer")), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Whether others may rely on an answer: whole, made with every part of the platform, and carried by what it cites. */
const worthKeeping = (outcome: AnswerOutcome): boolean =>
  outcome.status === "COMPLETED" &&
  outcome.degraded.length === 0 &&
  outcome.citations.length > 0 &&
  outcome.citations.every((citation) => citation.support !== "UNSUPPORTED" && citation.check !== "UNCHECKED");

/** Answers for everybody who may read exactly the same. Whatever happens to the cache, an answer is made. */
export function createCachedAnswers(cache: AnswerCache | undefined, builtFrom: BuiltFrom): CachedAnswers {
  /** Undefined when a document has changed since, is gone, or may not be read. */
  async function stillHolds(viewer: TenantScope, answer: CachedAnswer): Promise<boolean> {
    const now = await builtFrom.revisions(viewer, Object.keys(answer.builtFrom));
    return Object.entries(answer.builtFrom).every(([id, revision]) => now[id] === revision);
  }

  async function keep(
    into: AnswerCache,
    viewer: TenantScope,
    question: string,
    scope: CacheScope,
    { text, citations, removedMarkers, passages, facts }: AnswerOutcome,
  ): Promise<void> {
    const documents = [...new Set(passages.map((passage) => passage.documentId))];
    const revisions = await within(builtFrom.revisions(viewer, documents));
    // Something changed while it was written: it may rest on what is no more.
    const same = (await within(builtFrom.stamp(viewer.tenantId, scope.datasetIds))) === scope.stamp;
    if (!same || !documents.every((id) => revisions[id] !== undefined)) return;
    await within(
      into.keep(scope, question, { text, citations, removedMarkers, passages, facts, builtFrom: revisions }),
    );
    await within(into.remember(scope, question), SIMILAR_MS);
  }

  return {
    async look(viewer, rest, question, bypass, signal) {
      if (!cache || bypass === "OFF")
        return { decision: bypassed("OFF"), found: undefined, scope: undefined, leads: false };
      let scope: CacheScope | undefined;
      try {
        const stamp = await within(builtFrom.stamp(viewer.tenantId, rest.datasetIds));
        if (stamp === undefined)
          return { decision: bypassed("NO_DOCUMENTS"), found: undefined, scope: undefined, leads: false };
        const { tenantId, departments } = viewer;
        scope = { ...rest, tenantId, departments, stamp };
        const keeps = bypass === undefined || bypass === "REGENERATED" ? scope : undefined;
        if (bypass) return { decision: bypassed(bypass), found: undefined, scope: keeps, leads: false };
        const hit = async (reason: CacheReason): Promise<Lookup | undefined> => {
          const exact = await within(cache.exact(scope as CacheScope, question));
          if (!exact || !(await within(stillHolds(viewer, exact)))) return undefined;
          const decision = { outcome: "HIT_EXACT", reason, similarity: null } as const;
          return { decision, found: exact, scope, leads: false };
        };
        const exact = await hit("SAME_QUESTION");
        if (exact) return exact;
        // Without the embedder there is no similar question, and nothing else is missing.
        const similar = await within(cache.similar(scope, question, signal), SIMILAR_MS).catch(() => undefined);
        if (similar && (await within(stillHolds(viewer, similar.answer)))) {
          const { answer: found, similarity } = similar;
          const decision = { outcome: "HIT_SIMILAR", reason: "SIMILAR_QUESTION", similarity } as const;
          return { decision, found, scope, leads: false };
        }
        if (await within(cache.lead(scope, question)))
          return { decision: miss("NOT_ASKED_BEFORE"), found: undefined, scope, leads: true };
        await cache.settled(scope, question, WAIT_MS, signal);
        return (
          (await hit("SAME_QUESTION_AT_THE_SAME_TIME")) ?? {
            decision: miss("NOT_ASKED_BEFORE"),
            found: undefined,
            scope,
            leads: false,
          }
        );
      } catch {
        signal.throwIfAborted();
        return { ...UNAVAILABLE, scope };
      }
    },
    async settle(viewer, question, lookup, outcome) {
      const { decision, found, leads, scope } = lookup;
      if (!cache || !scope || found || decision.outcome === "UNAVAILABLE") return;
      // Nothing rests on what fails here; those who wait go on when the leader's lease ends.
      if (worthKeeping(outcome)) await keep(cache, viewer, question, scope, outcome).catch(() => {});
      if (leads) await within(cache.follow(scope, question)).catch(() => {});
    },
  };
}
