-- Everything that may stand in the way of a call, at one look and without a lock: a switch, a closed gate,
-- a budget that is spent. One row for each model that may be asked, in the order they would be. The limits
-- themselves are passed afterwards, by the one statement each that holds them.
SELECT paused.kind, paused.reason,
       shut.reason,
       extract(epoch FROM greatest(g.closed_until, now()) - now())::float8, g.closed_reason,
       short.period, short.limit_microdollars, short.spent_microdollars, short.reserved_microdollars,
       short.seconds_left,
       EXISTS (SELECT FROM scout.budgets AS b WHERE b.organization_id = %(organization_id)s)
FROM unnest(%(providers)s::text[], %(models)s::text[], %(costs)s::bigint[])
     WITH ORDINALITY AS asked (provider, model, cost, place)
LEFT JOIN LATERAL (
    SELECT s.kind, s.reason
    FROM scout.switches AS s
    WHERE (s.kind = 'organization' AND s.organization_id = %(organization_id)s)
       OR (s.kind = 'camera' AND s.camera_id = %(camera_id)s)
       OR (s.kind = 'backfill' AND %(lane)s = 'backfill')
    ORDER BY s.paused_at LIMIT 1
) AS paused ON true
LEFT JOIN LATERAL (
    SELECT s.reason
    FROM scout.switches AS s
    WHERE s.kind = 'provider' AND s.provider = asked.provider
      AND coalesce(s.model, asked.model) = asked.model
    ORDER BY s.paused_at LIMIT 1
) AS shut ON true
LEFT JOIN scout.provider_gates AS g ON g.provider = asked.provider AND g.model = asked.model
LEFT JOIN LATERAL (
    SELECT b.period, b.limit_microdollars,
           coalesce(w.spent_microdollars, 0) AS spent_microdollars,
           coalesce(w.reserved_microdollars, 0) AS reserved_microdollars,
           extract(epoch FROM ((date_trunc(b.period, now() AT TIME ZONE o.time_zone)
               + ('1 ' || b.period)::interval) AT TIME ZONE o.time_zone) - now())::float8
               AS seconds_left
    FROM scout.budgets AS b
    JOIN scout.organizations AS o ON o.id = b.organization_id
    LEFT JOIN scout.budget_windows AS w
      ON w.organization_id = b.organization_id AND w.period = b.period
     AND w.starts_on = date_trunc(b.period, now() AT TIME ZONE o.time_zone)::date
    WHERE b.organization_id = %(organization_id)s
      AND coalesce(w.spent_microdollars, 0) + coalesce(w.reserved_microdollars, 0) + asked.cost
          > b.limit_microdollars
    ORDER BY b.period DESC LIMIT 1
) AS short ON asked.cost > 0
ORDER BY asked.place
