-- How many of these captures a version has not looked at, and how many of those are under way
-- already as part of a comparison.
SELECT count(*),
       count(*) FILTER (WHERE EXISTS (
           SELECT FROM scout.analyses AS a
           WHERE a.capture_id = c.id AND a.profile_version_id = %(version_id)s
             AND a.origin = 'eval' AND a.settled_at IS NULL
       ))
FROM scout.captures AS c
WHERE c.organization_id = %(organization_id)s AND c.id = ANY(%(captures)s::uuid[])
  AND NOT EXISTS (
      SELECT FROM scout.analyses AS a
      WHERE a.capture_id = c.id AND a.profile_version_id = %(version_id)s
        AND a.state = 'completed'
  )
