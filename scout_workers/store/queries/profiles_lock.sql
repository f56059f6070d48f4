-- Whoever changes which version is active holds the profile: two at once take turns, instead of
-- one of them meeting the other's half-done change in the unique index.
SELECT id
FROM scout.analysis_profiles
WHERE organization_id = %(organization_id)s AND camera_id = %(camera_id)s
FOR UPDATE
