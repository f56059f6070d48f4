-- Closes a model's gate for the whole fleet: as long as the provider asks for, or, where it does not say,
-- for twice as long as the last time in a row. Many calls that were under way learn it together: the
-- gate that is closed already is closed no more often for it.
INSERT INTO scout.provider_gates AS g (provider, model, closed_until, closed_reason, closings)
VALUES (%(provider)s, %(model)s,
        now() + coalesce(%(seconds)s::float8, %(first)s::float8) * interval '1 second', %(reason)s, 1)
ON CONFLICT (provider, model) DO UPDATE
SET closed_until = CASE
        WHEN %(seconds)s::float8 IS NOT NULL
            THEN greatest(g.closed_until, now() + %(seconds)s::float8 * interval '1 second')
        WHEN g.closed_until > now() THEN g.closed_until
        ELSE now() + least(%(first)s::float8 * 2 ^ least(g.closings, 10), %(longest)s::float8)
             * interval '1 second' END,
    closed_reason = %(reason)s,
    closings = g.closings + CASE WHEN g.closed_until > now() THEN 0 ELSE 1 END
RETURNING extract(epoch FROM closed_until - now())::float8
