-- How long calls of models took lately, by purpose, and how many were begun in the busiest hour.
SELECT purpose, sum(calls)::bigint, (sum(seconds) / sum(calls))::float8, max(longest)::float8,
       max(calls)::bigint
FROM (
    SELECT l.purpose, date_trunc('hour', l.started_at) AS hour, count(*) AS calls,
           sum(l.latency_ms) / 1000.0 AS seconds, max(l.latency_ms) / 1000.0 AS longest
    FROM scout.organizations AS o
    JOIN scout.llm_calls AS l ON l.organization_id = o.id
    WHERE l.started_at > now() - make_interval(hours => %(hours)s::int)
      AND l.latency_ms IS NOT NULL
    GROUP BY 1, 2
) AS hourly
GROUP BY purpose
ORDER BY purpose
