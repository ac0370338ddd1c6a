-- Whether people of the same rights share answers. Not unless an admin says so: a quick answer tells that somebody asked before.
ALTER TABLE answer_policies ADD COLUMN answer_cache boolean NOT NULL DEFAULT false;
