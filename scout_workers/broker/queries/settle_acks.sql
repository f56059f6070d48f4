-- Acknowledge a batch of one owner's: each row goes only if its claim is still the one that did the
-- work. What is not returned was stale. The array of ids drives a primary-key lookup each; the
-- attempts are compared afterwards. Nothing is said of the state, here and wherever leases are
-- checked: a row with an owner is leased, and the word would lead the planner to the index of all
-- leases, where under an old snapshot the dead ones stay.
DELETE FROM {schema}.message m
USING unnest(%(ids)s::bigint[], %(attempts)s::int[]) AS s (id, attempt)
WHERE m.id = ANY (%(ids)s::bigint[]) AND m.lease_owner = %(owner)s
  AND m.id = s.id AND m.attempt = s.attempt
RETURNING m.id
