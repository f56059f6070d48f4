-- How far the writing about one camera's day is, and how far its organization's insights of that day
-- are, as with hours.
SELECT CASE WHEN EXISTS (SELECT FROM scout.summary_due
                         WHERE organization_id = %(organization_id)s AND camera_id = %(camera_id)s
                           AND kind = 'day' AND window_start = %(window_start)s)
            THEN 'due'
            ELSE coalesce((SELECT CASE WHEN settled_at IS NULL THEN 'running' ELSE state END
                           FROM scout.summaries
                           WHERE organization_id = %(organization_id)s
                             AND camera_id = %(camera_id)s AND kind = 'day'
                             AND window_start = %(window_start)s
                           ORDER BY settled_at IS NULL DESC, current DESC, created_at DESC
                           LIMIT 1), 'due') END AS summary,
       CASE WHEN EXISTS (SELECT FROM scout.summary_due
                         WHERE organization_id = %(organization_id)s AND camera_id IS NULL
                           AND kind = 'insights' AND window_start = %(window_start)s)
            THEN 'due'
            ELSE coalesce((SELECT CASE WHEN settled_at IS NULL THEN 'running' ELSE state END
                           FROM scout.insight_runs
                           WHERE organization_id = %(organization_id)s AND day = %(day)s
                           ORDER BY settled_at IS NULL DESC, current DESC, created_at DESC
                           LIMIT 1), 'due') END AS insights
