-- Give back a batch that was never begun: ready again at once, and nothing is held against it.
-- IS TRUE: as in settle_acks.sql.
UPDATE {schema}.message m
SET state = 'ready', seq = nextval('{schema}.message_seq'), dedup_key = NULL,
    lease_owner = NULL, leased_at = NULL
WHERE m.id = ANY (%(ids)s::bigint[]) AND m.lease_owner = %(owner)s
  AND ((m.id, m.attempt) IN (SELECT * FROM unnest(%(ids)s::bigint[], %(attempts)s::int[]))) IS TRUE
RETURNING m.id
