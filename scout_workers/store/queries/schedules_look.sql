-- All a scheduler asks while nothing is due: what time it is, and how long it may sleep. One row
-- always, from a table of a handful and an index that is nearly always empty.
SELECT now(),
       (SELECT min(next_at) FROM scout.schedules
        WHERE enabled AND paused_at IS NULL AND retired_at IS NULL),
       EXISTS (SELECT FROM scout.schedule_runs
               WHERE sent_at IS NULL AND tried_at < now() - make_interval(secs => %(after)s))
