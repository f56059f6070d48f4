-- One event by its id, broadcast or not.
SELECT id, organization_id, kind, subject_id, payload, created_at, broadcast_at
FROM scout.events
WHERE id = %(id)s
