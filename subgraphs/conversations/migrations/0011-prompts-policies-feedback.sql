-- A tenant's own opening of a prompt, by kind and language. A version never changes; at most one of each is in force.
CREATE TABLE prompt_templates (
  id         text PRIMARY KEY,
  tenant_id  text NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('GROUNDED', 'PLAIN')),
  language   text NOT NULL CHECK (language IN ('KO', 'EN')),
  version    integer NOT NULL CHECK (version > 0),
  text       text NOT NULL,
  active     boolean NOT NULL DEFAULT false,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, kind, language, version)
);
CREATE UNIQUE INDEX prompt_templates_active ON prompt_templates (tenant_id, kind, language) WHERE active;

-- What a tenant does about personal data in questions and answers. Without a row: mask both.
CREATE TABLE answer_policies (
  tenant_id  text PRIMARY KEY,
  pii_input  text NOT NULL CHECK (pii_input IN ('MASK', 'REFUSE')),
  pii_output text NOT NULL CHECK (pii_output IN ('MASK', 'KEEP')),
  updated_by text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE prompt_templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE prompt_templates FORCE ROW LEVEL SECURITY;
ALTER TABLE answer_policies ENABLE ROW LEVEL SECURITY;
ALTER TABLE answer_policies FORCE ROW LEVEL SECURITY;
CREATE POLICY prompt_templates_tenant ON prompt_templates
  USING (tenant_id = current_setting('llmflow.tenant_id', true))
  WITH CHECK (tenant_id = current_setting('llmflow.tenant_id', true));
CREATE POLICY answer_policies_tenant ON answer_policies
  USING (tenant_id = current_setting('llmflow.tenant_id', true))
  WITH CHECK (tenant_id = current_setting('llmflow.tenant_id', true));
GRANT SELECT, INSERT, UPDATE (active) ON prompt_templates TO llmflow_app;
GRANT SELECT, INSERT, UPDATE ON answer_policies TO llmflow_app;

ALTER TABLE answers
  -- With which prompt it was asked for, e.g. "answer-3/GROUNDED-KO-2"; null until then.
  ADD COLUMN prompt text,
  ADD COLUMN corrected_answer text,
  ADD COLUMN rated_at timestamptz;
UPDATE answers SET rated_at = coalesce(finished_at, created_at) WHERE rating IS NOT NULL;
CREATE INDEX answers_rated ON answers (tenant_id, rated_at, id) WHERE rated_at IS NOT NULL;

-- Rated answers are the tenant's training data: an export reads them, and nothing else, over all of its users.
CREATE POLICY answers_export ON answers FOR SELECT
  USING (tenant_id = current_setting('llmflow.tenant_id', true) AND rated_at IS NOT NULL
         AND current_setting('llmflow.purpose', true) = 'feedback-export');
