-- One page of a selection, newest first, and the runs it gets. The captures are locked, in this
-- order, so that numbers of runs are given one by one and beginners take turns with us. Each run
-- bears what it was asked for as: the unique index refuses the same wish a second time.
--   which = 'missing'   captures that have no run of the version yet
--   which = 'failed'    captures whose latest analysis failed
--   which = 'again'     all of them, under the name of this round
-- Captures with a run under way of that version are left alone.
WITH page AS (
    SELECT c.id, c.organization_id, c.captured_at, v.id AS version_id
    FROM scout.captures AS c
    JOIN scout.analysis_profiles AS p
      ON p.organization_id = c.organization_id AND p.camera_id = c.camera_id
    JOIN scout.profile_versions AS v
      ON v.profile_id = p.id
     AND CASE WHEN %(version_id)s::uuid IS NULL THEN v.state = 'active'
              ELSE v.id = %(version_id)s::uuid END
    WHERE c.organization_id = %(organization_id)s::uuid
      AND (%(camera_id)s::uuid IS NULL OR c.camera_id = %(camera_id)s::uuid)
      AND (%(since)s::timestamptz IS NULL OR c.captured_at >= %(since)s::timestamptz)
      AND (%(until)s::timestamptz IS NULL OR c.captured_at < %(until)s::timestamptz)
      AND (%(after_moment)s::timestamptz IS NULL
           OR (c.captured_at, c.id) < (%(after_moment)s::timestamptz, %(after_id)s::uuid))
      AND c.state IN ('received', 'readable')
    ORDER BY c.captured_at DESC, c.id DESC
    LIMIT %(limit)s::int
    FOR NO KEY UPDATE OF c
),
wanted AS (
    SELECT page.id, page.organization_id, page.version_id,
           CASE %(which)s::text
               WHEN 'missing' THEN CASE WHEN own.run_no IS NULL THEN 'version' END
               WHEN 'failed' THEN CASE WHEN latest.state = 'failed' THEN 'failed:' || latest.id END
               ELSE 'again:' || %(round)s::text
           END AS asked_as
    FROM page
    LEFT JOIN LATERAL (
        SELECT max(run_no) AS run_no, bool_or(settled_at IS NULL) AS under_way
        FROM scout.analyses
        WHERE capture_id = page.id AND profile_version_id = page.version_id AND origin <> 'eval'
    ) AS own ON true
    LEFT JOIN LATERAL (
        SELECT id, state
        FROM scout.analyses
        WHERE capture_id = page.id AND origin <> 'eval'
        ORDER BY created_at DESC, run_no DESC
        LIMIT 1
    ) AS latest ON true
    WHERE own.under_way IS NOT TRUE
),
made AS (
    INSERT INTO scout.analyses
        (organization_id, capture_id, profile_version_id, run_no, origin, asked_as, asked_by)
    SELECT w.organization_id, w.id, w.version_id,
           1 + (SELECT coalesce(max(run_no), 0) FROM scout.analyses
                WHERE capture_id = w.id AND profile_version_id = w.version_id),
           'rerun', w.asked_as, %(asked_by)s::text
    FROM wanted AS w
    WHERE w.asked_as IS NOT NULL
    ON CONFLICT (capture_id, profile_version_id, asked_as) WHERE asked_as IS NOT NULL DO NOTHING
    RETURNING id, capture_id
)
SELECT page.captured_at, page.id, made.id
FROM page
LEFT JOIN made ON made.capture_id = page.id
ORDER BY page.captured_at DESC, page.id DESC
