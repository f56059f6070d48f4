-- What was begun from older facts of the day is no longer wanted: its finish will find its lease
-- gone. Under the day's lock.
UPDATE scout.insight_runs
SET state = 'skipped', settled_at = now(), lease_token = NULL, error_class = 'superseded',
    error_detail = 'there were newer facts before it was finished', superseded_by = %(id)s
WHERE organization_id = %(organization_id)s AND day = %(day)s AND settled_at IS NULL
  AND id <> %(id)s
