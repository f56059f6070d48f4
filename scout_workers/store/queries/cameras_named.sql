-- The cameras of a name, one at most in each organization; NULL does not filter.
SELECT k.id, k.name, o.id, o.name, o.time_zone
FROM scout.cameras AS k
JOIN scout.organizations AS o ON o.id = k.organization_id
WHERE (%(name)s::text IS NULL OR k.name = %(name)s)
  AND (%(organization_id)s::uuid IS NULL OR o.id = %(organization_id)s::uuid)
ORDER BY o.name, k.name
