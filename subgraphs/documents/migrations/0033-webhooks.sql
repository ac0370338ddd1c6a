-- Who is told when a document comes to rest. No secret is stored: it is derived from the installation's key, the webhook's id
-- and its secret's version.
CREATE TABLE webhooks (
  id              text PRIMARY KEY,
  tenant_id       text NOT NULL,
  department      text,
  dataset_id      text NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  url             text NOT NULL,
  events          text[] NOT NULL,
  active          boolean NOT NULL DEFAULT true,
  secret_version  integer NOT NULL DEFAULT 1,
  previous_until  timestamptz,             -- until then each delivery is signed with the version before, too
  created_by      text NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhooks_dataset ON webhooks (dataset_id);

CREATE TABLE webhook_deliveries (
  id           text PRIMARY KEY,
  tenant_id    text NOT NULL,
  department   text,
  webhook_id   text NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  event        text NOT NULL,
  document_id  text NOT NULL,
  body         jsonb NOT NULL,
  status       text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'DELIVERED', 'FAILED')),
  tries        integer NOT NULL DEFAULT 0,
  due_at       timestamptz NOT NULL DEFAULT now(),
  give_up_at   timestamptz NOT NULL DEFAULT now() + interval '24 hours',
  http_status  integer,
  error        text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  delivered_at timestamptz
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due_at) WHERE status = 'PENDING';
CREATE INDEX webhook_deliveries_webhook ON webhook_deliveries (webhook_id, id DESC);

ALTER TABLE webhooks           ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhooks           FORCE ROW LEVEL SECURITY;
ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_deliveries FORCE ROW LEVEL SECURITY;
CREATE POLICY webhooks_viewer   ON webhooks           TO llmflow_app USING (may_read(tenant_id, department)) WITH CHECK (may_read(tenant_id, department));
CREATE POLICY deliveries_viewer ON webhook_deliveries TO llmflow_app USING (may_read(tenant_id, department)) WITH CHECK (may_read(tenant_id, department));
CREATE POLICY webhooks_sender   ON webhooks           FOR SELECT USING (current_user <> 'llmflow_app');
CREATE POLICY deliveries_sender ON webhook_deliveries USING (current_user <> 'llmflow_app') WITH CHECK (current_user <> 'llmflow_app');
GRANT SELECT, INSERT, UPDATE, DELETE ON webhooks TO llmflow_app;
GRANT SELECT, UPDATE ON webhook_deliveries TO llmflow_app;

-- In the transaction that brings the document to rest: whoever sees the one finds the other. Says no more than ids and states.
CREATE FUNCTION tell_webhooks() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  DECLARE told text; gone boolean := TG_OP = 'DELETE'; doc documents;
  BEGIN
    IF gone THEN
      doc := OLD;
      told := 'document.deleted';
    ELSE
      doc := NEW;
      -- An older version that is still found does not make the attempt at a newer one a success.
      told := CASE WHEN doc.status = 'COMPLETED' AND doc.visible_generation IS NOT DISTINCT FROM doc.latest_generation THEN 'document.completed'
                   WHEN doc.status = 'CANCELLED' OR doc.failure ->> 'code' = 'CANCELLED' THEN 'document.cancelled'
                   ELSE 'document.failed' END;
    END IF;
    INSERT INTO webhook_deliveries (id, tenant_id, department, webhook_id, event, document_id, body)
    SELECT 'dlv_' || lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || substr(replace(gen_random_uuid()::text, '-', ''), 1, 14),
      w.tenant_id, w.department, w.id, told, doc.id,
      jsonb_build_object('type', told, 'timestamp', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'data', jsonb_build_object(
        'documentId', doc.id, 'datasetId', doc.dataset_id, 'status', CASE WHEN gone THEN 'DELETED' ELSE doc.status END,
        'version', coalesce(doc.visible_generation, doc.latest_generation), 'chunksCount', doc.chunks_count,
        'entitiesCount', doc.entities_count, 'failure', doc.failure -> 'code'))
    FROM webhooks w WHERE w.dataset_id = doc.dataset_id AND w.tenant_id = doc.tenant_id AND w.active AND told = ANY (w.events);
    IF FOUND THEN PERFORM pg_notify('documents_webhooks', ''); END IF;
    RETURN NULL;
  END
$$;
CREATE TRIGGER tell_webhooks AFTER UPDATE OF status ON documents FOR EACH ROW
  WHEN (OLD.status = 'PROCESSING' AND NEW.status IN ('COMPLETED', 'FAILED', 'CANCELLED')) EXECUTE FUNCTION tell_webhooks();
CREATE TRIGGER tell_webhooks_gone AFTER DELETE ON documents FOR EACH ROW EXECUTE FUNCTION tell_webhooks();

-- A data set that moves takes its webhooks along, or its new readers would not see who is told.
CREATE FUNCTION move_webhooks() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  BEGIN
    UPDATE webhook_deliveries SET department = NEW.department WHERE webhook_id IN (SELECT id FROM webhooks WHERE dataset_id = NEW.id);
    UPDATE webhooks SET department = NEW.department WHERE dataset_id = NEW.id;
    RETURN NULL;
  END
$$;
CREATE POLICY webhooks_mover ON webhooks FOR UPDATE USING (current_user <> 'llmflow_app') WITH CHECK (current_user <> 'llmflow_app');
CREATE TRIGGER move_webhooks AFTER UPDATE OF department ON datasets FOR EACH ROW
  WHEN (OLD.department IS DISTINCT FROM NEW.department) EXECUTE FUNCTION move_webhooks();
