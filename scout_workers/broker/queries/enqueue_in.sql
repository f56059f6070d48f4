-- One message in, on the caller's transaction: through a function, so that the caller's role needs
-- no right on the table.
SELECT {schema}.enqueue(
    %(message_id)s, %(dedup_key)s, %(queue)s, %(actor)s, %(priority)s::smallint,
    %(delay_ms)s::bigint, %(payload)s)
