-- Messages that somebody wants ended, and what dead messages need to be kept for a while only.

-- One row a message that is being worked on and should not be; gone when the message is. In a table
-- of its own, since the hot one is written three times a message and read with every claim.
CREATE TABLE abort_request (
    message      bigint PRIMARY KEY,  -- message.id; no foreign key, for each ack would look here
    requested_at timestamptz NOT NULL DEFAULT now()
);

-- NOT VALID: what is there obeyed a narrower rule, so it need not be read again under a lock.
ALTER TABLE dead_message DROP CONSTRAINT dead_message_reason_check;
ALTER TABLE dead_message ADD CONSTRAINT dead_message_reason_check
    CHECK (reason IN ('failed', 'max_deliveries', 'undecodable', 'aborted')) NOT VALID;

-- Dead messages leave by age, or thousands at once when an operator retries or drops them.
ALTER TABLE dead_message SET (
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);
