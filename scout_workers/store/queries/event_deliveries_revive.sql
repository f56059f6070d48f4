-- Given up, and to be tried once more by an operator's word, with all its time before it.
UPDATE scout.event_deliveries
SET state = 'pending', settled_at = NULL, attempts = 0, next_try_at = now(), created_at = now()
WHERE (event_id, target) IN (
    SELECT event_id, target
    FROM scout.event_deliveries
    WHERE state = 'dead'
      AND (%(target)s::text IS NULL OR target = %(target)s)
      AND (%(event_id)s::uuid IS NULL OR event_id = %(event_id)s)
    ORDER BY settled_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED)
RETURNING event_id, target
