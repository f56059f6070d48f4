-- One page of a backfill's selection in its order, each capture with whether it is wanted. What was
-- chosen beforehand comes from its list; else the page is a walk of the index of captures by time,
-- which ends after so many captures, wanted or not. What arrived after the backfill was planned is
-- live work's. (A branch that is not asked for costs nothing: its condition is a constant.)
WITH page AS (
    (SELECT c.id, c.camera_id, c.captured_at, c.state
     FROM scout.captures AS c
     WHERE NOT %(listed)s::boolean AND NOT %(oldest_first)s::boolean
       AND c.organization_id = %(organization_id)s::uuid
       AND (%(camera_id)s::uuid IS NULL OR c.camera_id = %(camera_id)s::uuid)
       AND (%(since)s::timestamptz IS NULL OR c.captured_at >= %(since)s::timestamptz)
       AND (%(before)s::timestamptz IS NULL OR c.captured_at < %(before)s::timestamptz)
       AND (%(moment)s::timestamptz IS NULL
            OR (c.captured_at, c.id) < (%(moment)s::timestamptz, %(id)s::uuid))
       AND (%(ids)s::uuid[] IS NULL OR c.id = ANY (%(ids)s::uuid[]))
       AND c.received_at <= coalesce(%(planned_at)s::timestamptz, now())
     ORDER BY c.captured_at DESC, c.id DESC
     LIMIT %(limit)s::int)
    UNION ALL
    (SELECT c.id, c.camera_id, c.captured_at, c.state
     FROM scout.captures AS c
     WHERE NOT %(listed)s::boolean AND %(oldest_first)s::boolean
       AND c.organization_id = %(organization_id)s::uuid
       AND (%(camera_id)s::uuid IS NULL OR c.camera_id = %(camera_id)s::uuid)
       AND (%(since)s::timestamptz IS NULL OR c.captured_at >= %(since)s::timestamptz)
       AND (%(before)s::timestamptz IS NULL OR c.captured_at < %(before)s::timestamptz)
       AND (%(moment)s::timestamptz IS NULL
            OR (c.captured_at, c.id) > (%(moment)s::timestamptz, %(id)s::uuid))
       AND c.received_at <= coalesce(%(planned_at)s::timestamptz, now())
     ORDER BY c.captured_at, c.id
     LIMIT %(limit)s::int)
    UNION ALL
    (SELECT c.id, c.camera_id, i.captured_at, c.state
     FROM scout.backfill_items AS i
     JOIN scout.captures AS c
       ON c.organization_id = i.organization_id AND c.id = i.capture_id
     WHERE %(listed)s::boolean
       AND i.backfill_id = %(backfill_id)s::uuid AND i.state = 'waiting'
     ORDER BY CASE WHEN %(oldest_first)s::boolean THEN i.captured_at END,
              i.captured_at DESC, i.capture_id
     LIMIT %(limit)s::int)
)
SELECT page.captured_at, page.id,
       page.state IN ('received', 'readable') AND v.id IS NOT NULL
       AND CASE %(which)s::text
               WHEN 'missing' THEN latest.id IS NULL
               WHEN 'failed' THEN latest.state = 'failed'
               -- 'older': something is known of it, and nothing by the version that is active.
               ELSE latest.id IS NOT NULL AND NOT EXISTS (
                   SELECT FROM scout.analyses AS a
                   WHERE a.capture_id = page.id AND a.origin <> 'eval'
                     AND (a.profile_version_id = v.id OR a.settled_at IS NULL))
           END AS wanted,
       v.provider, v.model
FROM page
LEFT JOIN scout.analysis_profiles AS p
  ON p.organization_id = %(organization_id)s::uuid AND p.camera_id = page.camera_id
LEFT JOIN scout.profile_versions AS v ON v.profile_id = p.id AND v.state = 'active'
LEFT JOIN LATERAL (
    SELECT a.id, a.state
    FROM scout.analyses AS a
    WHERE a.capture_id = page.id AND a.origin <> 'eval'
    ORDER BY a.settled_at IS NULL DESC, a.created_at DESC, a.run_no DESC
    LIMIT 1
) AS latest ON true
