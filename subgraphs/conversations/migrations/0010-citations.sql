-- What an answer said, and on which words of which document. A row never changes; only a deleted document's words go from it.
CREATE TABLE citations (
  answer_id        text NOT NULL REFERENCES answers ON DELETE CASCADE,
  position         integer NOT NULL,
  tenant_id        text NOT NULL,
  user_id          text NOT NULL,
  marker           integer NOT NULL,
  chunk_id         text NOT NULL,
  document_id      text NOT NULL,
  document_version integer NOT NULL,
  effective_date   text,
  file_name        text NOT NULL,
  pages            jsonb NOT NULL,
  boxes            jsonb NOT NULL,
  passage_hash     text NOT NULL,
  quote            text NOT NULL,
  support          text NOT NULL CHECK (support IN ('SUPPORTED', 'WEAK', 'UNSUPPORTED')),
  support_check    text NOT NULL CHECK (support_check IN ('LEXICAL', 'EMBEDDING', 'UNCHECKED')),
  source_deleted   boolean NOT NULL DEFAULT false,
  created_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (answer_id, position)
);
CREATE INDEX citations_of_document ON citations (tenant_id, document_id) WHERE NOT source_deleted;
CREATE INDEX answers_by_passage ON answers USING gin (passages jsonb_path_ops);

-- What had been redacted when a document was deleted. It outlives the document, so that an answer written meanwhile is redacted too.
CREATE TABLE redactions (
  tenant_id   text NOT NULL,
  document_id text NOT NULL,
  removed     jsonb NOT NULL DEFAULT '{}',
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, document_id)
);

INSERT INTO citations (answer_id, position, tenant_id, user_id, marker, chunk_id, document_id, document_version, effective_date,
                       file_name, pages, boxes, passage_hash, quote, support, support_check)
SELECT a.id, c.place - 1, a.tenant_id, a.user_id, (c.item ->> 'marker')::int, c.item ->> 'chunkId', c.item ->> 'documentId',
       (c.item ->> 'documentVersion')::int, c.item ->> 'effectiveDate', c.item ->> 'fileName', c.item -> 'pages', c.item -> 'boxes',
       encode(sha256(convert_to(coalesce(
         (SELECT p ->> 'text' FROM jsonb_array_elements(a.passages) p WHERE p ->> 'chunkId' = c.item ->> 'chunkId' LIMIT 1),
         c.item ->> 'quote'), 'UTF8')), 'hex'),
       c.item ->> 'quote', c.item ->> 'support', 'LEXICAL'
FROM answers a CROSS JOIN LATERAL jsonb_array_elements(a.citations) WITH ORDINALITY AS c (item, place);
ALTER TABLE answers DROP COLUMN citations;

CREATE FUNCTION keep_citation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.source_deleted AND NEW.quote = '' AND NEW.boxes = '[]'::jsonb
     AND (to_jsonb(NEW) - '{quote,boxes,source_deleted}'::text[]) = (to_jsonb(OLD) - '{quote,boxes,source_deleted}'::text[])
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a citation is immutable' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER citations_are_immutable BEFORE UPDATE ON citations FOR EACH ROW EXECUTE FUNCTION keep_citation();

ALTER TABLE citations ENABLE ROW LEVEL SECURITY;
ALTER TABLE citations FORCE ROW LEVEL SECURITY;
ALTER TABLE redactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE redactions FORCE ROW LEVEL SECURITY;
CREATE POLICY citations_owner ON citations
  USING (tenant_id = current_setting('llmflow.tenant_id', true) AND user_id = current_setting('llmflow.user_id', true))
  WITH CHECK (tenant_id = current_setting('llmflow.tenant_id', true) AND user_id = current_setting('llmflow.user_id', true));
CREATE POLICY redactions_tenant ON redactions
  USING (tenant_id = current_setting('llmflow.tenant_id', true))
  WITH CHECK (tenant_id = current_setting('llmflow.tenant_id', true));
GRANT SELECT, INSERT ON citations TO llmflow_app;
GRANT SELECT ON redactions TO llmflow_app;

-- Redaction goes over all users of one tenant: only the room's own role does so, and only in a transaction that names the tenant.
CREATE POLICY citations_redaction ON citations
  USING (current_user <> 'llmflow_app' AND tenant_id = current_setting('llmflow.tenant_id', true));
CREATE POLICY answers_redaction ON answers FOR UPDATE
  USING (current_user <> 'llmflow_app' AND tenant_id = current_setting('llmflow.tenant_id', true));
CREATE POLICY messages_redaction ON messages
  USING (current_user <> 'llmflow_app' AND tenant_id = current_setting('llmflow.tenant_id', true));
