-- The history of a version, oldest first.
SELECT from_state, to_state, changed_by, reason, changed_at
FROM scout.profile_changes
WHERE profile_version_id = %(id)s
ORDER BY changed_at, id
