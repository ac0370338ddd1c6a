import type { AuditLog } from "../../../platform/audit/audit.js";
import type { TenantScope } from "../../../platform/auth/viewer.js";
import { newId } from "../../../platform/graphql/ids.js";
import type { Postgres, Transaction } from "../../../platform/postgres/postgres.js";
import {
  type AnswerPolicy,
  builtInOf,
  builtInTemplates,
  DEFAULT_POLICY,
  type PromptKind,
  type PromptLanguage,
  type PromptTemplate,
} from "../domain/prompt-templates.js";
import type { SettingsStore } from "../trust-ports.js";

const TEMPLATE = `id, kind, language, version, text, active, created_by AS "createdBy", created_at AS "createdAt"`;

const policyIn = async (tx: Transaction): Promise<AnswerPolicy> => {
  const [row] = await tx.query<AnswerPolicy>(
    `SELECT pii_input AS "piiInput", pii_output AS "piiOutput", answer_cache AS "answerCache" FROM answer_policies`,
  );
  return row ?? DEFAULT_POLICY;
};

/** Prompts and policies in PostgreSQL; row-level security shows each tenant its own only. */
export function createSettingsStore(postgres: Postgres, audit: AuditLog): SettingsStore {
  const recorded = (tx: Transaction, scope: TenantScope, action: string, objectId: string, traceId: string) =>
    audit.record(tx, scope, { action, objectType: "Tenant", objectId, outcome: "SUCCEEDED", traceId });
  /** One at a time per kind and language, so that versions have no gaps and one template is in force. */
  const lock = (tx: Transaction, scope: TenantScope, kind: PromptKind, language: PromptLanguage) =>
    tx.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`prompt:${scope.tenantId}:${kind}:${language}`]);

  return {
    read: (scope) =>
      postgres.as(scope, async (tx) => ({
        templates: await tx.query<PromptTemplate>(`SELECT ${TEMPLATE} FROM prompt_templates WHERE active`),
        policy: await policyIn(tx),
      })),
    policy: (scope) => postgres.as(scope, policyIn),
    updatePolicy: (scope, policy, traceId) =>
      postgres.as(scope, async (tx) => {
        await tx.query(
          `INSERT INTO answer_policies (tenant_id, pii_input, pii_output, answer_cache, updated_by) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (tenant_id) DO UPDATE
           SET pii_input = $2, pii_output = $3, answer_cache = $4, updated_by = $5, updated_at = now()`,
          [scope.tenantId, policy.piiInput, policy.piiOutput, policy.answerCache, scope.userId],
        );
        await recorded(tx, scope, "policy.update", scope.tenantId, traceId);
        return policy;
      }),
    templates: (scope) =>
      postgres.as(scope, async (tx) => {
        const own = await tx.query<PromptTemplate>(
          `SELECT ${TEMPLATE} FROM prompt_templates ORDER BY kind, language, version DESC`,
        );
        return [...own, ...builtInTemplates(own)];
      }),
    createTemplate: (scope, { kind, language, text }, traceId) =>
      postgres.as(scope, async (tx) => {
        await lock(tx, scope, kind, language);
        const [made] = await tx.query<PromptTemplate>(
          `INSERT INTO prompt_templates (id, tenant_id, kind, language, version, text, created_by)
           SELECT $1, $2, $3, $4, coalesce(max(version), 0) + 1, $5, $6 FROM prompt_templates WHERE kind = $3 AND language = $4
           RETURNING ${TEMPLATE}`,
          [newId("Prompt"), scope.tenantId, kind, language, text, scope.userId],
        );
        await recorded(tx, scope, "prompt.create", made?.id ?? "", traceId);
        return made as PromptTemplate;
      }),
    activateTemplate: (scope, id, traceId) =>
      postgres.as(scope, async (tx) => {
        const builtIn = builtInOf(id);
        const [found] = builtIn
          ? [builtIn]
          : await tx.query<{ kind: PromptKind; language: PromptLanguage }>(
              "SELECT kind, language FROM prompt_templates WHERE id = $1",
              [id],
            );
        if (!found) return undefined;
        const { kind, language } = found;
        await lock(tx, scope, kind, language);
        await tx.query("UPDATE prompt_templates SET active = false WHERE kind = $1 AND language = $2 AND active", [
          kind,
          language,
        ]);
        const [activated] = await tx.query<PromptTemplate>(
          `UPDATE prompt_templates SET active = true WHERE id = $1 RETURNING ${TEMPLATE}`,
          [id],
        );
        await recorded(tx, scope, "prompt.activate", id, traceId);
        return activated ?? builtInTemplates([]).find((template) => template.id === id);
      }),
  };
}
