-- What editors decided about chunks: disabled, or another text. It hangs on the chunk's text as it was cut (personal data treated),
-- so that it is found again after re-indexing, and goes with the document.
CREATE TABLE chunk_edits (
  document_id    text NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  tenant_id      text NOT NULL,
  anchor         text NOT NULL,
  occurrence     integer NOT NULL,
  original_text  text NOT NULL,
  corrected_text text,
  disabled       boolean NOT NULL DEFAULT false,
  edited_by      text NOT NULL,
  edited_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (document_id, anchor, occurrence)
);
ALTER TABLE chunk_edits ENABLE ROW LEVEL SECURITY;
ALTER TABLE chunk_edits FORCE ROW LEVEL SECURITY;
-- Whoever may read the document (its own policy decides) may see its edits.
CREATE POLICY chunk_edits_viewer ON chunk_edits TO llmflow_app
  USING (tenant_id = current_setting('llmflow.tenant_id', true) AND EXISTS (SELECT 1 FROM documents d WHERE d.id = document_id))
  WITH CHECK (tenant_id = current_setting('llmflow.tenant_id', true) AND EXISTS (SELECT 1 FROM documents d WHERE d.id = document_id));
GRANT SELECT, INSERT, UPDATE, DELETE ON chunk_edits TO llmflow_app;
