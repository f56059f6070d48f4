-- Ask worker processes to leave; each reads it with its next heartbeat. Who was asked before is not
-- asked again.
UPDATE {schema}.worker SET drain_asked_at = now(), drain_asked_by = %(by)s
WHERE id = ANY (%(ids)s::uuid[]) AND drain_asked_at IS NULL
RETURNING id, host, pid
