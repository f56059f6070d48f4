-- What one camera's model calls came to, by what they were for and their status; with those for the
-- whole organization, which are of no camera.
SELECT purpose, status, count(*) AS count,
       coalesce(sum(cost_microdollars), 0)::bigint AS cost_microdollars
FROM scout.llm_calls
WHERE organization_id = %(organization_id)s::uuid
  AND (camera_id = %(camera_id)s::uuid OR camera_id IS NULL)
GROUP BY purpose, status
ORDER BY min(started_at)
