-- Pictures by their ids, with what their last analysis said of them; in the order asked for.
SELECT c.id, c.bucket, c.key, c.captured_at AT TIME ZONE %(time_zone)s, coalesce(a.headline, '')
FROM unnest(%(captures)s::uuid[]) WITH ORDINALITY AS wanted (id, ordinal)
JOIN scout.captures AS c ON c.id = wanted.id AND c.organization_id = %(organization_id)s
LEFT JOIN LATERAL (
    SELECT headline
    FROM scout.analyses
    WHERE capture_id = c.id AND state = 'completed' AND origin <> 'eval'
    ORDER BY created_at DESC, run_no DESC
    LIMIT 1
) AS a ON true
ORDER BY wanted.ordinal
