-- The summary of exactly these facts, if somebody began one. Locked: a finish that is being committed is
-- waited for and seen, and one that comes later finds its lease gone.
SELECT id, state, current, run_no
FROM scout.summaries
WHERE organization_id = %(organization_id)s AND camera_id IS NOT DISTINCT FROM %(camera_id)s
  AND kind = %(kind)s AND window_start = %(window_start)s
  AND prompt_version = %(prompt_version)s AND input_hash = %(input_hash)s
FOR NO KEY UPDATE
