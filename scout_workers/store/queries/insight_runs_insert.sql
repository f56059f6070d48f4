-- No ON CONFLICT: whoever gets here holds the day's lock. Without any observation it is skipped, and
-- never paid.
INSERT INTO scout.insight_runs
    (organization_id, day, prompt_version, input_hash, facts, state, settled_at)
VALUES
    (%(organization_id)s, %(day)s, %(prompt_version)s, %(input_hash)s, %(facts)s,
     CASE WHEN %(empty)s THEN 'skipped' ELSE 'pending' END,
     CASE WHEN %(empty)s THEN now() END)
RETURNING id, state, current, run_no
