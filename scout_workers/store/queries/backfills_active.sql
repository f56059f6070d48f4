-- The active backfill of a selection: there is one at most.
SELECT id
FROM scout.backfills
WHERE organization_id = %(organization_id)s AND selection_hash = %(selection_hash)s
  AND state IN ('planned', 'running', 'paused')
