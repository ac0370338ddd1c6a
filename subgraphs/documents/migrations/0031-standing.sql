-- Why a document's work does not move although it should; null while it moves, waits its turn or rests.
ALTER TABLE documents ADD COLUMN stuck jsonb;
-- When the document last came to rest, for the pace of a data set.
ALTER TABLE documents ADD COLUMN finished_at timestamptz;
CREATE FUNCTION note_rest() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN NEW.finished_at = now(); RETURN NEW; END
$$;
CREATE TRIGGER note_rest BEFORE UPDATE OF status ON documents FOR EACH ROW
  WHEN (OLD.status = 'PROCESSING' AND NEW.status <> 'PROCESSING') EXECUTE FUNCTION note_rest();
CREATE INDEX documents_rest ON documents (dataset_id, finished_at);

-- The sweep compares what all tenants have with what the stores hold.
CREATE POLICY deletions_sweep ON deletions USING (current_user <> 'llmflow_app') WITH CHECK (current_user <> 'llmflow_app');
