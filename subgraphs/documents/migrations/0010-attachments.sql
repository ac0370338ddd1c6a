-- A file attached to a message is a document of its own, under the message's.
ALTER TABLE documents
  ADD COLUMN parent_id text REFERENCES documents (id) ON DELETE SET NULL,
  ADD COLUMN root_id   text,                         -- the document that was uploaded
  ADD COLUMN depth     integer NOT NULL DEFAULT 0;   -- messages it lies in
CREATE INDEX documents_parent ON documents (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX documents_root ON documents (root_id) WHERE root_id IS NOT NULL;

-- What was uploaded is one document of a data set; attachments are kept apart from it and from each other's messages, since each
-- goes with its own message.
DROP INDEX documents_same_bytes;
CREATE UNIQUE INDEX documents_same_bytes ON documents (dataset_id, sha256) WHERE status <> 'DELETING' AND parent_id IS NULL;
CREATE UNIQUE INDEX documents_same_attachment ON documents (parent_id, sha256) WHERE status <> 'DELETING';
