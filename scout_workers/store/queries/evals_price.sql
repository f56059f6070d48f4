-- What a description by a model has cost the organization on average lately, in millionths of a
-- dollar; NULL where there is no such call, or none with a price.
SELECT avg(cost_microdollars)::float8
FROM (
    SELECT cost_microdollars
    FROM scout.llm_calls
    WHERE organization_id = %(organization_id)s AND purpose = 'describe'
      AND provider = %(provider)s AND model = %(model)s AND cost_microdollars IS NOT NULL
    ORDER BY started_at DESC
    LIMIT 200
) AS lately
