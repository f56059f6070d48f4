-- Begin the transaction of a bulk enqueue with its note. No row: an earlier try was committed. The
-- time is the transaction's, as COPY takes it: microseconds since 2000.
INSERT INTO {schema}.enqueued (key) VALUES (%(key)s)
ON CONFLICT DO NOTHING
RETURNING (extract(epoch FROM at - timestamptz '2000-01-01 00:00:00+00') * 1000000)::bigint
