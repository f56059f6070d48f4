-- The run of exactly these facts, if somebody began one. Locked: a finish that is being committed is
-- waited for and seen, and one that comes later finds its lease gone.
SELECT id, state, current, run_no
FROM scout.insight_runs
WHERE organization_id = %(organization_id)s AND day = %(day)s
  AND prompt_version = %(prompt_version)s AND input_hash = %(input_hash)s
FOR NO KEY UPDATE
