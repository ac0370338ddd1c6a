-- An upload is its creator's alone, so whoever deletes the document could not take it along: it goes with the row itself.
CREATE INDEX uploads_document ON uploads (document_id);
CREATE FUNCTION forget_uploads() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  BEGIN DELETE FROM uploads WHERE tenant_id = OLD.tenant_id AND document_id = OLD.id; RETURN NULL; END
$$;
CREATE TRIGGER forget_uploads AFTER DELETE ON documents FOR EACH ROW EXECUTE FUNCTION forget_uploads();
