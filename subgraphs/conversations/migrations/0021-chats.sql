-- What was said longest ago, in short, for the system prompt; it covers the messages up to `summary_through`.
ALTER TABLE conversations
  ADD COLUMN summary         text NOT NULL DEFAULT '',
  ADD COLUMN summary_tokens  integer NOT NULL DEFAULT 0,
  ADD COLUMN summary_through text NOT NULL DEFAULT '',
  -- A branch begins as a copy of another chat's beginning.
  ADD COLUMN branched_from   text REFERENCES conversations ON DELETE SET NULL,
  ADD COLUMN branched_at     text;
CREATE INDEX conversations_branches ON conversations (branched_from) WHERE branched_from IS NOT NULL;

-- What was searched for: a follow-up, made to stand alone.
ALTER TABLE answers ADD COLUMN search_query text;
