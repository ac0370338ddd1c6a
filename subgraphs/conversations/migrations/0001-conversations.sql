-- Chats and answers. Every row belongs to one user of one tenant, and nobody else, whatever their role, reads it.
CREATE TABLE conversations (
  id          text PRIMARY KEY,
  tenant_id   text NOT NULL,
  user_id     text NOT NULL,
  title       text NOT NULL,
  model       text NOT NULL,
  dataset_ids jsonb NOT NULL DEFAULT '[]',
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX conversations_recent ON conversations (tenant_id, user_id, updated_at DESC, id DESC);

CREATE TABLE messages (
  id              text PRIMARY KEY,
  sequence        bigint GENERATED ALWAYS AS IDENTITY,
  conversation_id text NOT NULL REFERENCES conversations ON DELETE CASCADE,
  tenant_id       text NOT NULL,
  user_id         text NOT NULL,
  role            text NOT NULL CHECK (role IN ('USER', 'ASSISTANT')),
  content         text NOT NULL,
  tokens          integer NOT NULL,
  answer_id       text NOT NULL,
  -- A question has one reply: a regenerated answer takes the place of the one before.
  reply_to        text REFERENCES messages ON DELETE CASCADE,
  created_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (reply_to)
);
CREATE INDEX messages_in_order ON messages (conversation_id, sequence);

CREATE TABLE answers (
  id               text PRIMARY KEY,
  conversation_id  text NOT NULL REFERENCES conversations ON DELETE CASCADE,
  question_id      text NOT NULL REFERENCES messages ON DELETE CASCADE,
  tenant_id        text NOT NULL,
  user_id          text NOT NULL,
  -- Who asked, for a job that has to be queued again.
  departments      jsonb NOT NULL,
  question         text NOT NULL,
  status           text NOT NULL CHECK (status IN ('QUEUED', 'STREAMING', 'COMPLETED', 'CANCELLED', 'FAILED')),
  grounding        text NOT NULL CHECK (grounding IN ('AUTO', 'REQUIRED', 'NONE')),
  dataset_ids      jsonb NOT NULL DEFAULT '[]',
  model            text NOT NULL,
  text             text NOT NULL DEFAULT '',
  citations        jsonb NOT NULL DEFAULT '[]',
  removed_markers  jsonb NOT NULL DEFAULT '[]',
  facts            jsonb NOT NULL DEFAULT '[]',
  passages         jsonb NOT NULL DEFAULT '[]',
  degraded         jsonb NOT NULL DEFAULT '[]',
  usage            jsonb,
  failure          jsonb,
  trace_id         text NOT NULL,
  idempotency_key  text,
  regenerates      text REFERENCES answers ON DELETE SET NULL,
  rating           text CHECK (rating IN ('UP', 'DOWN')),
  rating_reason    text,
  cancel_requested boolean NOT NULL DEFAULT false,
  -- Counts the workers that took it up; only the latest may finish it.
  attempt          integer NOT NULL DEFAULT 0,
  -- Counts the jobs that were queued for it.
  enqueued         integer NOT NULL DEFAULT 1,
  -- The last event of its stream, once it is over.
  final_sequence   integer,
  created_at       timestamptz NOT NULL DEFAULT now(),
  touched_at       timestamptz NOT NULL DEFAULT now(),
  finished_at      timestamptz
);
CREATE UNIQUE INDEX answers_idempotency ON answers (tenant_id, user_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX answers_of_conversation ON answers (conversation_id);
CREATE INDEX answers_unfinished ON answers (touched_at) WHERE status IN ('QUEUED', 'STREAMING');

ALTER TABLE conversations ENABLE ROW LEVEL SECURITY;
ALTER TABLE conversations FORCE ROW LEVEL SECURITY;
ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
ALTER TABLE answers ENABLE ROW LEVEL SECURITY;
ALTER TABLE answers FORCE ROW LEVEL SECURITY;

CREATE POLICY conversations_owner ON conversations
  USING (tenant_id = current_setting('llmflow.tenant_id', true) AND user_id = current_setting('llmflow.user_id', true))
  WITH CHECK (tenant_id = current_setting('llmflow.tenant_id', true) AND user_id = current_setting('llmflow.user_id', true));
CREATE POLICY messages_owner ON messages
  USING (tenant_id = current_setting('llmflow.tenant_id', true) AND user_id = current_setting('llmflow.user_id', true))
  WITH CHECK (tenant_id = current_setting('llmflow.tenant_id', true) AND user_id = current_setting('llmflow.user_id', true));
CREATE POLICY answers_owner ON answers
  USING (tenant_id = current_setting('llmflow.tenant_id', true) AND user_id = current_setting('llmflow.user_id', true))
  WITH CHECK (tenant_id = current_setting('llmflow.tenant_id', true) AND user_id = current_setting('llmflow.user_id', true));
-- The sweep looks for answers whose job was lost, over all tenants; it reads, and acts as their user.
CREATE POLICY answers_sweep ON answers FOR SELECT USING (current_user <> 'llmflow_app');

GRANT SELECT, INSERT, UPDATE, DELETE ON conversations, messages, answers TO llmflow_app;
