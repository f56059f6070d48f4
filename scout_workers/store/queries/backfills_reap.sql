-- Takes the captures out of flight that are over, and tells what became of them, by outcome. Over is
-- a capture with nothing under way and something settled: by the version that is active, or since it
-- was fed (another version may have become active meanwhile). One whose image went bad before anybody
-- began, or whose camera lost its profile, has no analysis and never will.
WITH flying AS (
    SELECT i.capture_id, i.fed_at, c.state AS capture_state,
           EXISTS (
               SELECT FROM scout.analysis_profiles AS p
               JOIN scout.profile_versions AS v ON v.profile_id = p.id AND v.state = 'active'
               WHERE p.organization_id = c.organization_id AND p.camera_id = c.camera_id
           ) AS has_profile
    FROM scout.backfill_items AS i
    JOIN scout.captures AS c ON c.organization_id = i.organization_id AND c.id = i.capture_id
    WHERE i.backfill_id = %(id)s::uuid AND i.state = 'in_flight'
),
over AS (
    SELECT f.capture_id, latest.id AS analysis_id,
           CASE WHEN latest.id IS NOT NULL THEN latest.state
                WHEN f.capture_state IN ('received', 'readable') THEN 'failed'
                ELSE 'skipped' END AS state,
           CASE WHEN latest.id IS NOT NULL THEN latest.error_class
                WHEN f.capture_state IN ('received', 'readable') THEN 'no_profile'
                ELSE f.capture_state END AS error_class
    FROM flying AS f
    LEFT JOIN LATERAL (
        SELECT a.id, a.state, a.error_class, a.settled_at
        FROM scout.analyses AS a
        JOIN scout.profile_versions AS v ON v.id = a.profile_version_id
        WHERE a.capture_id = f.capture_id AND a.origin <> 'eval'
          AND (a.settled_at IS NULL OR a.settled_at >= f.fed_at OR v.state = 'active')
        ORDER BY a.settled_at IS NULL DESC, a.created_at DESC, a.run_no DESC
        LIMIT 1
    ) AS latest ON true
    WHERE latest.settled_at IS NOT NULL
       OR (latest.id IS NULL
           AND (f.capture_state NOT IN ('received', 'readable') OR NOT f.has_profile))
),
gone AS (
    DELETE FROM scout.backfill_items AS i
    USING over
    WHERE i.backfill_id = %(id)s::uuid AND i.capture_id = over.capture_id
)
SELECT over.state, over.error_class, count(*) AS captures,
       coalesce(sum(paid.cost), 0)::bigint AS cost_microdollars,
       coalesce(sum(paid.input_tokens), 0)::bigint AS input_tokens,
       coalesce(sum(paid.output_tokens), 0)::bigint AS output_tokens,
       count(*) FILTER (WHERE paid.unpriced) AS unpriced
FROM over
LEFT JOIN LATERAL (
    SELECT sum(l.cost_microdollars) AS cost, sum(l.input_tokens) AS input_tokens,
           sum(l.output_tokens) AS output_tokens,
           bool_or(l.cost_microdollars IS NULL) AS unpriced
    FROM scout.llm_calls AS l
    WHERE l.subject_id = over.analysis_id AND l.received_at IS NOT NULL
) AS paid ON true
GROUP BY over.state, over.error_class
