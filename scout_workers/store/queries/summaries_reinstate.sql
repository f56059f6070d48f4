-- The facts are again what they were: the summary that was paid for them counts again.
UPDATE scout.summaries
SET current = true, superseded_by = NULL
WHERE id = %(id)s AND organization_id = %(organization_id)s AND state = 'completed'
