-- Makes room for another run in the unique index of current ones; the old one is kept.
UPDATE scout.insight_runs
SET current = false, superseded_by = %(id)s
WHERE organization_id = %(organization_id)s AND day = %(day)s AND current AND id <> %(id)s
