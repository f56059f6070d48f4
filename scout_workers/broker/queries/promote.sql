-- Scheduled messages whose time has come become ready, at the end of their queue, a bounded number
-- at a time. SKIP LOCKED: any number of workers may do this at once, each does a part.
WITH due AS (
    SELECT id FROM {schema}.message
    WHERE state = 'scheduled' AND available_at <= now()
    ORDER BY available_at
    LIMIT 1000
    FOR UPDATE SKIP LOCKED
)
UPDATE {schema}.message m
SET state = 'ready', seq = nextval('{schema}.message_seq')
FROM due WHERE m.id = due.id
