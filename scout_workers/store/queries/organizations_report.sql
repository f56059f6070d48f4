-- Organizations with what they have, for people.
SELECT o.id, o.name, o.time_zone, o.created_at,
       (SELECT count(*) FROM scout.cameras AS k WHERE k.organization_id = o.id),
       (SELECT count(*) FROM scout.captures AS c WHERE c.organization_id = o.id)
FROM scout.organizations AS o
WHERE %(name)s::text IS NULL OR o.name = %(name)s
ORDER BY o.name
