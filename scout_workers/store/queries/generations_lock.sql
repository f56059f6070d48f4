-- A proposal with what there is to know of its camera, locked: all who begin with it take turns.
SELECT g.id, g.organization_id, g.camera_id, g.wishes, g.state, g.provider, g.model, g.facts,
       g.input_hash, k.name, o.time_zone
FROM scout.profile_generations AS g
JOIN scout.cameras AS k ON k.id = g.camera_id
JOIN scout.organizations AS o ON o.id = g.organization_id
WHERE g.id = %(id)s
FOR NO KEY UPDATE OF g
