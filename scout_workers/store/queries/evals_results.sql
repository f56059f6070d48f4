-- What a version made of these captures: its last completed analysis of each, or else the state of
-- its last run, with the tokens and the cost of all calls for it, repeated and lost ones included.
SELECT c.id, a.id, a.state, a.origin, a.headline, a.severity, a.flags,
       coalesce(a.error_class, ''),
       (SELECT count(*) FROM scout.observations AS o WHERE o.analysis_id = a.id),
       paid.input_tokens, paid.output_tokens, paid.cost, paid.unpriced, paid.latency_ms
FROM scout.captures AS c
JOIN LATERAL (
    SELECT *
    FROM scout.analyses
    WHERE capture_id = c.id AND profile_version_id = %(version_id)s
    ORDER BY state = 'completed' DESC, run_no DESC
    LIMIT 1
) AS a ON true
LEFT JOIN LATERAL (
    SELECT coalesce(sum(input_tokens), 0)::bigint AS input_tokens,
           coalesce(sum(output_tokens), 0)::bigint AS output_tokens,
           coalesce(sum(cost_microdollars), 0)::bigint AS cost,
           count(*) FILTER (WHERE received_at IS NOT NULL AND cost_microdollars IS NULL)
               AS unpriced,
           max(latency_ms) AS latency_ms
    FROM scout.llm_calls
    WHERE subject_id = a.id
) AS paid ON true
WHERE c.organization_id = %(organization_id)s AND c.id = ANY(%(captures)s::uuid[])
