-- The proposal that is under way for a camera. A statement of its own: it sees what a concurrent
-- insert committed while ours waited for it.
SELECT id FROM scout.profile_generations
WHERE organization_id = %(organization_id)s AND camera_id = %(camera_id)s AND settled_at IS NULL
