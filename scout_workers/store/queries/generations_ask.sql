-- There is at most one proposal under way for a camera; nothing is returned if there is one.
INSERT INTO scout.profile_generations (organization_id, camera_id, wishes, asked_by)
VALUES (%(organization_id)s, %(camera_id)s, %(wishes)s, %(asked_by)s)
ON CONFLICT (camera_id) WHERE settled_at IS NULL DO NOTHING
RETURNING id
