-- What housekeeping has before it, for a person to look at: leases whose owners are gone, scheduled
-- messages that are due and not promoted, rows that have expired (parties of barriers and dead
-- messages by the ages they are kept for), requests to abort. Reads whole indexes, so not in a loop.
SELECT
    (SELECT count(*) FROM {schema}.message m
     WHERE m.state = 'leased'
       AND NOT EXISTS (SELECT FROM {schema}.worker w WHERE w.id = m.lease_owner)) AS orphans,
    (SELECT extract(epoch FROM now() - min(m.leased_at))::float8 FROM {schema}.message m
     WHERE m.state = 'leased'
       AND NOT EXISTS (SELECT FROM {schema}.worker w WHERE w.id = m.lease_owner)) AS orphaned_for,
    (SELECT count(*) FROM {schema}.message
     WHERE state = 'scheduled' AND available_at < now()) AS due,
    (SELECT extract(epoch FROM now() - min(available_at))::float8 FROM {schema}.message
     WHERE state = 'scheduled' AND available_at < now()) AS due_for,
    (SELECT count(*) FROM {schema}.result WHERE expires_at <= now()) AS results,
    (SELECT count(*) FROM {schema}.rate_limit
     WHERE expiry_slot <= now() - interval '20 minutes') AS limits,
    (SELECT count(*) FROM {schema}.barrier_party
     WHERE expires_at <= now() - interval '1 day') AS parties,
    (SELECT count(*) FROM {schema}.dead_message
     WHERE died_at <= now() - %(kept_seconds)s * interval '1 second') AS dead,
    (SELECT count(*) FROM {schema}.abort_request) AS aborts,
    (SELECT extract(epoch FROM now() - min(requested_at))::float8
     FROM {schema}.abort_request) AS aborting_for
