-- Give back a batch that was never begun: ready again at once, and nothing is held against it.
UPDATE {schema}.message m
SET state = 'ready', seq = nextval('{schema}.message_seq'), dedup_key = NULL,
    lease_owner = NULL, leased_at = NULL
FROM unnest(%(ids)s::bigint[], %(attempts)s::int[]) AS s (id, attempt)
WHERE m.id = ANY (%(ids)s::bigint[]) AND m.lease_owner = %(owner)s
  AND m.id = s.id AND m.attempt = s.attempt
RETURNING m.id
