-- What is to be worked on for a capture: an analysis somebody began ends under the version it began
-- with, whatever is active by now (it may be paid already); else the last run of the active version.
-- What only compares versions is nobody's but its own message's.
SELECT a.id, a.state, a.run_no, a.origin,
       v.id, v.profile_id, v.provider, v.model, v.instructions, v.content_hash, v.skip_unchanged
FROM scout.analyses AS a
JOIN scout.profile_versions AS v ON v.id = a.profile_version_id
WHERE a.capture_id = %(capture_id)s AND a.origin <> 'eval'
  AND (a.settled_at IS NULL OR v.state = 'active')
ORDER BY a.settled_at IS NULL DESC, a.run_no DESC, a.created_at DESC
LIMIT 1
