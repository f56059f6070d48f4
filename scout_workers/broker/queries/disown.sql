-- Give back what this worker holds by the table but does not know of: claims whose reply was lost.
-- Only the claimer runs this, between two claims, so no claim can be under way.
UPDATE {schema}.message
SET state = 'ready', seq = nextval('{schema}.message_seq'), dedup_key = NULL,
    lease_owner = NULL, leased_at = NULL
WHERE state = 'leased' AND lease_owner = %(owner)s AND id <> ALL (%(known)s::bigint[])
