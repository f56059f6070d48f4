-- Everything about the analyses of one capture, oldest first.
SELECT a.id, a.run_no, v.id, v.provider, v.model, v.instructions, a.state,
       a.attempts, a.headline, a.severity, a.flags, a.error_class, a.error_detail, a.created_at,
       a.started_at, a.settled_at, a.origin, a.asked_by, a.resembles_capture_id
FROM scout.analyses a
JOIN scout.profile_versions v ON v.id = a.profile_version_id
WHERE a.capture_id = %(capture_id)s::uuid
ORDER BY a.created_at, a.run_no
