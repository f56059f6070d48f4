-- No ON CONFLICT: whoever gets here holds the window's lock. Without anything to write about it is
-- skipped, and never paid.
INSERT INTO scout.summaries
    (organization_id, camera_id, kind, window_start, window_end, prompt_version, input_hash, facts,
     state, settled_at)
VALUES
    (%(organization_id)s, %(camera_id)s, %(kind)s, %(window_start)s, %(window_end)s,
     %(prompt_version)s, %(input_hash)s, %(facts)s,
     CASE WHEN %(empty)s THEN 'skipped' ELSE 'pending' END,
     CASE WHEN %(empty)s THEN now() END)
RETURNING id, state, current, run_no
