-- A camera has one profile; nothing happens if it is there.
INSERT INTO scout.analysis_profiles (organization_id, camera_id)
VALUES (%(organization_id)s, %(camera_id)s)
ON CONFLICT (organization_id, camera_id) DO NOTHING
