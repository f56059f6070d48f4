-- There is news in a window. Most often it is due already and nothing is written. The lock is shared:
-- those who bring news never wait for each other, but whoever begins the window's summary (and holds
-- the lock alone for its milliseconds) is waited for, and waits for us. Without it a capture could
-- find the window due, and a beginner take the row away and read the facts, before the capture's
-- observations are committed: they would never be summed up.
WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(%(lock)s))
INSERT INTO scout.summary_due (organization_id, camera_id, kind, window_start, window_end)
SELECT %(organization_id)s::uuid, %(camera_id)s::uuid, %(kind)s, %(window_start)s, %(window_end)s
FROM held
ON CONFLICT (organization_id, camera_id, kind, window_start) DO NOTHING
