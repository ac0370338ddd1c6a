-- Who did what to which object, and how it ended. No content, no personal data beyond the caller's id.
CREATE TABLE events (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL DEFAULT now(),
  tenant_id   text,                      -- null: the caller could not be told apart
  user_id     text,
  service     text NOT NULL,
  action      text NOT NULL,             -- e.g. document.delete
  object_type text,
  object_id   text,
  outcome     text NOT NULL CHECK (outcome IN ('SUCCEEDED', 'REFUSED', 'FAILED')),
  reason      text,                      -- a stable code, never a message
  trace_id    text NOT NULL
);
CREATE INDEX events_tenant_at ON events (tenant_id, at DESC);
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
-- Append-only for the product; read within the tenant. The owner's system work may write events of unknown callers.
CREATE POLICY events_read ON events FOR SELECT USING (tenant_id = current_setting('llmflow.tenant_id', true) OR current_user <> 'llmflow_app');
CREATE POLICY events_append ON events FOR INSERT WITH CHECK (tenant_id = current_setting('llmflow.tenant_id', true) OR current_user <> 'llmflow_app');
GRANT SELECT, INSERT ON events TO llmflow_app;
