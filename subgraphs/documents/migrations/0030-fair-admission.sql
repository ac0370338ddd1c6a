-- A tenant has so many documents in the queues at a time and no more; the rest waits here, and the tenants take turns.
ALTER TABLE outbox ADD COLUMN starts boolean NOT NULL GENERATED ALWAYS AS (command ->> 'kind' IN ('run', 'purge')) STORED;
DROP INDEX outbox_available;
CREATE INDEX outbox_turns ON outbox (starts, tenant_id, available_at, id);

-- Which attempt of which document the relay has let into the queues. Written by the relay alone; no foreign key, so that it
-- never waits for a document that somebody is changing.
CREATE TABLE admitted (
  document_id text PRIMARY KEY,
  tenant_id   text NOT NULL,
  attempt     integer NOT NULL
);
CREATE INDEX admitted_tenant ON admitted (tenant_id);
ALTER TABLE admitted ENABLE ROW LEVEL SECURITY;
ALTER TABLE admitted FORCE ROW LEVEL SECURITY;
CREATE POLICY admitted_relay ON admitted USING (current_user <> 'llmflow_app') WITH CHECK (current_user <> 'llmflow_app');

ALTER TABLE datasets ADD COLUMN paused_at timestamptz;  -- set: its documents wait, what runs is finished
CREATE POLICY datasets_relay ON datasets FOR SELECT USING (current_user <> 'llmflow_app');

-- A place becomes free, or a wait ends, without a command: the relay is woken.
CREATE TRIGGER outbox_wake AFTER DELETE ON documents FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify();
CREATE TRIGGER outbox_wake AFTER UPDATE OF paused_at ON datasets FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify();

-- A start that is overtaken while it waits is not carried out: what overtook it need not wait for a free place.
CREATE FUNCTION drop_overtaken_starts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  BEGIN
    DELETE FROM outbox WHERE id IN (
      SELECT id FROM outbox WHERE document_id = NEW.id AND starts AND (command ->> 'attempt')::int < NEW.attempt
      FOR UPDATE SKIP LOCKED);
    RETURN NULL;
  END
$$;
CREATE TRIGGER drop_overtaken_starts AFTER UPDATE OF attempt ON documents FOR EACH ROW
  WHEN (NEW.attempt > OLD.attempt) EXECUTE FUNCTION drop_overtaken_starts();
