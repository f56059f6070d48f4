-- What one camera's model calls came to, by status.
SELECT status, count(*) AS count, coalesce(sum(cost_microdollars), 0)::bigint AS cost_microdollars
FROM scout.llm_calls
WHERE organization_id = %(organization_id)s::uuid AND camera_id = %(camera_id)s::uuid
GROUP BY status
