-- Everything that was done to a backfill, oldest first.
SELECT changed_at, changed_by, change, detail
FROM scout.backfill_changes
WHERE backfill_id = %(id)s
ORDER BY changed_at, id
