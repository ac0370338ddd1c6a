ALTER TABLE answers
  -- Whether the answer came from the cache, and why not.
  ADD COLUMN cache jsonb,
  -- The asker's roles: a part of what a cached answer is found by.
  ADD COLUMN roles jsonb NOT NULL DEFAULT '[]';
