-- The files of earlier versions: what is cited from them can still be opened. The document's own row holds the newest.
CREATE TABLE document_versions (
  document_id text NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  tenant_id   text NOT NULL,
  version     integer NOT NULL,          -- the generation that was made of it
  name        text NOT NULL,
  file_path   text NOT NULL,
  mime_type   text NOT NULL,
  size_bytes  bigint NOT NULL,
  sha256      text NOT NULL,
  replaced_by text NOT NULL,
  replaced_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (document_id, version)
);
ALTER TABLE document_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE document_versions FORCE ROW LEVEL SECURITY;
-- Whoever may read the document; its own policy is asked.
CREATE POLICY document_versions_viewer ON document_versions TO llmflow_app
  USING (tenant_id = current_setting('llmflow.tenant_id', true) AND EXISTS (SELECT 1 FROM documents d WHERE d.id = document_id))
  WITH CHECK (tenant_id = current_setting('llmflow.tenant_id', true) AND EXISTS (SELECT 1 FROM documents d WHERE d.id = document_id));
CREATE POLICY document_versions_sweep ON document_versions FOR SELECT USING (current_user <> 'llmflow_app');
GRANT SELECT, INSERT, DELETE ON document_versions TO llmflow_app;

ALTER TABLE uploads ADD COLUMN replaces boolean NOT NULL DEFAULT false;  -- document_id is there already and gets a new version
