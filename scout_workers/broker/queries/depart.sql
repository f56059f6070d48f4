-- A worker process leaves, or a neighbour saw that it is gone: its leases are orphans from now on.
DELETE FROM {schema}.worker WHERE id = ANY (%(ids)s::uuid[]) RETURNING id
