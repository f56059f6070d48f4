-- The cameras of these names, of one organization.
SELECT id, name FROM scout.cameras
WHERE organization_id = %(organization_id)s::uuid AND name = ANY(%(names)s::text[])
