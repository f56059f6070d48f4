-- Organizations with what they have and whether they are paused, for people.
SELECT o.id, o.name, o.time_zone, o.created_at,
       (SELECT count(*) FROM scout.cameras AS k WHERE k.organization_id = o.id),
       (SELECT count(*) FROM scout.captures AS c WHERE c.organization_id = o.id),
       s.paused_by, s.reason
FROM scout.organizations AS o
LEFT JOIN scout.switches AS s ON s.kind = 'organization' AND s.organization_id = o.id
WHERE %(name)s::text IS NULL OR o.name = %(name)s
ORDER BY o.name
