-- Acknowledge a batch: each row goes only if its claim is still the one that did the work. What is
-- not returned was stale. The array of ids drives a primary-key lookup each; the attempts are
-- compared afterwards.
DELETE FROM {schema}.message m
USING unnest(%(ids)s::bigint[], %(attempts)s::int[], %(owners)s::uuid[]) AS s (id, attempt, owner)
WHERE m.id = s.id AND m.attempt = s.attempt AND m.lease_owner = s.owner AND m.state = 'leased'
RETURNING m.id
