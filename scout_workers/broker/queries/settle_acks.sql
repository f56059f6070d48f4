-- Acknowledge a batch of one owner's: each row goes only if its claim is still the one that did the
-- work. What is not returned was stale. The array of ids drives a primary-key lookup each; the
-- attempts are compared afterwards. Nothing is said of the state, here and wherever leases are
-- checked: a row with an owner is leased, and the word would lead the planner to the index of all
-- leases, where under an old snapshot the dead ones stay. IS TRUE makes no difference but to the
-- planner, who may not turn such an IN into a join and hashes the batch once: of a join it would,
-- since its statistics know of no leases, expect one row, and compare each with the whole batch.
DELETE FROM {schema}.message m
WHERE m.id = ANY (%(ids)s::bigint[]) AND m.lease_owner = %(owner)s
  AND ((m.id, m.attempt) IN (SELECT * FROM unnest(%(ids)s::bigint[], %(attempts)s::int[]))) IS TRUE
RETURNING m.id
