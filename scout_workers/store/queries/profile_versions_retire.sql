-- Makes room in the unique index of active versions for another one.
UPDATE scout.profile_versions
SET state = 'retired'
WHERE profile_id = %(profile_id)s AND state = 'active' AND id <> %(id)s
