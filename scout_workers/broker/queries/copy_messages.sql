-- Many messages in, in the order given, at a third of the cost of an insert. COPY knows no ON
-- CONFLICT and no expressions: not for messages with a dedup_key, and times are given.
COPY {schema}.message
    (message_id, queue, actor, priority, state, available_at, payload)
FROM STDIN (FORMAT binary)
