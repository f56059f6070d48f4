-- What calls cost, by day, camera, model or purpose: one row for each organization and value. What was
-- provably never sent is no call. Held is what calls under way or in doubt may still cost.
SELECT o.name,
       CASE %(by)s WHEN 'day' THEN c.local_day::text
                   WHEN 'camera' THEN coalesce(a.name, '-')
                   WHEN 'model' THEN c.provider || '/' || coalesce(c.served_model, c.model)
                   ELSE c.purpose END AS what,
       count(*),
       count(*) FILTER (WHERE c.status = 'failed'),
       count(*) FILTER (WHERE c.status = 'in_doubt'),
       coalesce(sum(c.input_tokens), 0)::bigint,
       coalesce(sum(c.output_tokens), 0)::bigint,
       coalesce(sum(c.cached_tokens), 0)::bigint,
       coalesce(sum(c.cost_microdollars), 0)::bigint,
       coalesce(sum(c.reserved_microdollars) FILTER (
           WHERE c.received_at IS NULL AND c.status IN ('started', 'in_doubt')), 0)::bigint,
       count(*) FILTER (WHERE c.received_at IS NOT NULL AND c.cost_microdollars IS NULL),
       coalesce(array_agg(DISTINCT c.price_source) FILTER (WHERE c.price_source IS NOT NULL), '{}')
FROM scout.llm_calls AS c
JOIN scout.organizations AS o ON o.id = c.organization_id
LEFT JOIN scout.cameras AS a ON a.organization_id = c.organization_id AND a.id = c.camera_id
WHERE c.status <> 'void'
  AND o.name = coalesce(%(organization)s, o.name)
  AND c.local_day >= coalesce(%(since)s::date, c.local_day)
  AND c.local_day < coalesce(%(until)s::date, c.local_day + 1)
GROUP BY 1, 2
ORDER BY 1, 2
