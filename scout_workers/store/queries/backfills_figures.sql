-- What the organization's latest answered calls of one model came to, on average: the measure of a
-- plan. NULL where there were none, or no price is known of any. Bounded, however rare the model.
SELECT count(*), avg(input_tokens)::float8, avg(output_tokens)::float8, avg(cost_microdollars)::float8,
       avg(latency_ms)::float8
FROM (
    SELECT input_tokens, output_tokens, cost_microdollars, latency_ms
    FROM (
        SELECT *
        FROM scout.llm_calls
        WHERE organization_id = %(organization_id)s
        ORDER BY started_at DESC
        LIMIT 20000
    ) AS recent
    WHERE purpose = 'describe' AND provider = %(provider)s AND model = %(model)s
      AND status = 'succeeded'
    LIMIT 500
) AS latest
