-- A target that fails is left alone by everybody, for longer each time up to five minutes; nobody
-- shortens what another one found out.
INSERT INTO scout.event_targets AS known (target, failures, blocked_until, last_error)
VALUES (%(target)s, 1, now() + make_interval(secs => %(least)s), %(error)s)
ON CONFLICT (target) DO UPDATE
SET failures = known.failures + 1, last_error = excluded.last_error, changed_at = now(),
    blocked_until = greatest(
        known.blocked_until,
        now() + make_interval(
            secs => greatest(%(least)s, least(300, 2 ^ least(known.failures, 9)))))
