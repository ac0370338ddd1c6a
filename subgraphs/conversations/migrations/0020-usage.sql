-- What each call of a language model took. It outlives the answer it was made for, so that a deleted chat's cost is not forgotten;
-- it holds nobody's words.
CREATE TABLE model_calls (
  answer_id              text NOT NULL,
  purpose                text NOT NULL CHECK (purpose IN ('ANSWER', 'REWRITE', 'SUMMARY')),
  tenant_id              text NOT NULL,
  user_id                text NOT NULL,
  model                  text NOT NULL,
  failed                 boolean NOT NULL,
  prompt_tokens          integer NOT NULL,
  completion_tokens      integer NOT NULL,
  estimated              boolean NOT NULL,
  cost                   double precision,
  currency               text,
  first_token_ms         double precision,
  total_ms               double precision NOT NULL,
  at                     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (answer_id, purpose)
);
CREATE INDEX model_calls_of_tenant ON model_calls (tenant_id, at);
CREATE INDEX model_calls_of_user ON model_calls (tenant_id, user_id, at);

ALTER TABLE model_calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE model_calls FORCE ROW LEVEL SECURITY;
-- Whether somebody may see more than their own is a matter of roles, which the API looks at.
CREATE POLICY model_calls_tenant ON model_calls
  USING (tenant_id = current_setting('llmflow.tenant_id', true))
  WITH CHECK (tenant_id = current_setting('llmflow.tenant_id', true) AND user_id = current_setting('llmflow.user_id', true));
GRANT SELECT, INSERT, UPDATE ON model_calls TO llmflow_app;
