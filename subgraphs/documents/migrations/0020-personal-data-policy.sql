-- What becomes of personal data in a data set's documents, and by which policy the visible version of a document was made.
ALTER TABLE datasets ADD COLUMN pii_policy text NOT NULL DEFAULT 'MASK' CHECK (pii_policy IN ('MASK', 'DROP', 'REFUSE', 'KEEP'));
-- null: not indexed yet; what was indexed before there was a choice was masked.
ALTER TABLE documents ADD COLUMN pii_policy text CHECK (pii_policy IN ('MASK', 'DROP', 'REFUSE', 'KEEP'));
ALTER TABLE documents NO FORCE ROW LEVEL SECURITY;
UPDATE documents SET pii_policy = 'MASK' WHERE visible_generation IS NOT NULL;
ALTER TABLE documents FORCE ROW LEVEL SECURITY;
