-- A version's state; a trigger writes the history. Nothing happens, and nothing is written, where
-- it stands so already.
UPDATE scout.profile_versions
SET state = %(state)s
WHERE id = %(id)s AND state <> %(state)s
