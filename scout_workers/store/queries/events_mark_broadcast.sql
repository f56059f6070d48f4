-- The first to have broadcast it is remembered.
UPDATE scout.events
SET broadcast_at = now()
WHERE id = %(id)s AND broadcast_at IS NULL
