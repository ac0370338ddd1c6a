-- Everything the documents room owns in PostgreSQL. Row-level security: the tenant, then the department (null: shared with the
-- whole tenant). The product works as llmflow_app; the owner's own policies serve the outbox relay and the sweeps only.

CREATE FUNCTION may_read(row_tenant text, row_department text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT row_tenant = current_setting('llmflow.tenant_id', true)
     AND (row_department IS NULL
          OR coalesce(nullif(current_setting('llmflow.departments', true), ''), '[]')::jsonb ? row_department)
$$;

CREATE TABLE datasets (
  id          text PRIMARY KEY,
  tenant_id   text NOT NULL,
  department  text,
  name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  description text,
  indexing    jsonb NOT NULL,
  status      text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'DELETING')),
  created_by  text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX datasets_name ON datasets (tenant_id, coalesce(department, ''), lower(name)) WHERE status = 'ACTIVE';
CREATE INDEX datasets_tenant ON datasets (tenant_id, id DESC);

CREATE TABLE documents (
  id                 text PRIMARY KEY,
  dataset_id         text NOT NULL REFERENCES datasets (id),
  tenant_id          text NOT NULL,
  department         text,
  name               text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  file_path          text NOT NULL,
  mime_type          text NOT NULL,
  size_bytes         bigint NOT NULL CHECK (size_bytes > 0),
  sha256             text NOT NULL,
  status             text NOT NULL CHECK (status IN ('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED', 'DELETING')),
  stage              text NOT NULL,
  attempt            integer NOT NULL DEFAULT 1,        -- fences jobs: only those of this attempt may act
  recoveries         integer NOT NULL DEFAULT 0,        -- how often the sweep has revived this attempt's work
  latest_generation  integer NOT NULL DEFAULT 1,
  visible_generation integer,                           -- null: nothing of it can be found yet
  revision           integer NOT NULL DEFAULT 1,        -- orders what is published about the document
  chunks_count       integer NOT NULL DEFAULT 0,
  entities_count     integer NOT NULL DEFAULT 0,
  page_count         integer,
  title              text,
  effective_date     date,
  pii                jsonb NOT NULL DEFAULT '{}',       -- kind → count, never values
  draft              jsonb NOT NULL DEFAULT '{}',       -- facts of the generation under way, moved up when it becomes visible
  failure            jsonb,
  metadata           jsonb NOT NULL DEFAULT '{}',
  created_by         text NOT NULL,
  created_at         timestamptz NOT NULL DEFAULT now(),
  updated_at         timestamptz NOT NULL DEFAULT now()
);
-- The same bytes are one document of a data set, however many uploads race.
CREATE UNIQUE INDEX documents_same_bytes ON documents (dataset_id, sha256) WHERE status <> 'DELETING';
CREATE INDEX documents_dataset ON documents (dataset_id, id DESC);
CREATE INDEX documents_tenant ON documents (tenant_id);
CREATE INDEX documents_unfinished ON documents (updated_at) WHERE status IN ('PROCESSING', 'DELETING');

CREATE TABLE uploads (
  id           text PRIMARY KEY,
  tenant_id    text NOT NULL,
  dataset_id   text NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  department   text,
  document_id  text NOT NULL,            -- the id the document will have
  object_key   text NOT NULL,
  name         text NOT NULL,
  mime_type    text NOT NULL,
  size_bytes   bigint NOT NULL,
  metadata     jsonb NOT NULL,
  completed    boolean NOT NULL DEFAULT false,
  created_by   text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL
);
CREATE INDEX uploads_expired ON uploads (expires_at);

-- Commands to the queue and to the visibility feed, written with the change that causes them.
CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id    text NOT NULL,
  department   text,
  user_id      text NOT NULL,
  dataset_id   text NOT NULL,
  document_id  text NOT NULL,
  command      jsonb NOT NULL,
  trace_id     text NOT NULL,
  tries        integer NOT NULL DEFAULT 0,
  available_at timestamptz NOT NULL DEFAULT now(),
  created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outbox_document ON outbox (document_id, id);
CREATE INDEX outbox_available ON outbox (available_at, id);
CREATE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN PERFORM pg_notify('documents_outbox', ''); RETURN NULL; END
$$;
CREATE TRIGGER outbox_notify AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify();

-- Receipts: what was removed from which store, kept after the object is gone.
CREATE TABLE deletions (
  id           text PRIMARY KEY,
  tenant_id    text NOT NULL,
  department   text,
  object_type  text NOT NULL CHECK (object_type IN ('Dataset', 'Document')),
  object_id    text NOT NULL,
  part_of      text REFERENCES deletions (id),
  status       text NOT NULL DEFAULT 'RUNNING' CHECK (status IN ('RUNNING', 'COMPLETED')),
  removed      jsonb NOT NULL DEFAULT '{}',
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz
);
CREATE UNIQUE INDEX deletions_object ON deletions (object_id);

ALTER TABLE datasets  ENABLE ROW LEVEL SECURITY;
ALTER TABLE datasets  FORCE ROW LEVEL SECURITY;
ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE documents FORCE ROW LEVEL SECURITY;
ALTER TABLE uploads   ENABLE ROW LEVEL SECURITY;
ALTER TABLE uploads   FORCE ROW LEVEL SECURITY;
ALTER TABLE outbox    ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox    FORCE ROW LEVEL SECURITY;
ALTER TABLE deletions ENABLE ROW LEVEL SECURITY;
ALTER TABLE deletions FORCE ROW LEVEL SECURITY;

CREATE POLICY datasets_viewer  ON datasets  TO llmflow_app USING (may_read(tenant_id, department)) WITH CHECK (may_read(tenant_id, department));
CREATE POLICY documents_viewer ON documents TO llmflow_app USING (may_read(tenant_id, department)) WITH CHECK (may_read(tenant_id, department));
CREATE POLICY deletions_viewer ON deletions TO llmflow_app USING (may_read(tenant_id, department)) WITH CHECK (may_read(tenant_id, department));
CREATE POLICY outbox_viewer    ON outbox    TO llmflow_app USING (may_read(tenant_id, department)) WITH CHECK (may_read(tenant_id, department));
-- An upload is its creator's alone until it is a document.
CREATE POLICY uploads_viewer   ON uploads   TO llmflow_app
  USING (may_read(tenant_id, department) AND created_by = current_setting('llmflow.user_id', true))
  WITH CHECK (may_read(tenant_id, department) AND created_by = current_setting('llmflow.user_id', true));

-- The relay moves commands; the sweeps find what stands still, then act on each within its own tenant.
CREATE POLICY outbox_relay    ON outbox    USING (current_user <> 'llmflow_app') WITH CHECK (current_user <> 'llmflow_app');
CREATE POLICY documents_sweep ON documents FOR SELECT USING (current_user <> 'llmflow_app');
CREATE POLICY uploads_sweep   ON uploads   USING (current_user <> 'llmflow_app');

GRANT SELECT, INSERT, UPDATE, DELETE ON datasets, documents, uploads, deletions TO llmflow_app;
GRANT SELECT, INSERT ON outbox TO llmflow_app;
