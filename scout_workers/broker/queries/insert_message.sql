-- One message in, with a note of this enqueue. Repeating it after a lost reply changes nothing,
-- even if the message was worked off meanwhile; nor does a second waiting message with the same
-- dedup_key.
SELECT {schema}.put(
    %(message_id)s, %(key)s, %(dedup_key)s, %(queue)s, %(actor)s,
    %(priority)s::smallint, %(delay_ms)s::bigint, %(payload)s)
