-- What the sweep and the purge look for, each by an index of its own that holds little else; and
-- when the sweep last had a look, so that it takes turns and sends nothing twice within the hour.

ALTER TABLE events ADD COLUMN swept_at timestamptz;
ALTER TABLE captures ADD COLUMN swept_at timestamptz;
ALTER TABLE analyses ADD COLUMN swept_at timestamptz;

CREATE INDEX captures_received ON captures (received_at) WHERE state = 'received';
CREATE INDEX captures_by_age ON captures (received_at) WHERE state <> 'expired';
CREATE INDEX analyses_unsettled ON analyses ((coalesce(swept_at, started_at, created_at)))
    WHERE state IN ('pending', 'running', 'deferred');
CREATE INDEX analyses_unsettled_of_capture ON analyses (capture_id)
    WHERE state IN ('pending', 'running', 'deferred');
CREATE INDEX events_by_age ON events (created_at);
-- An answer that was purged is the empty text: the row, its cost and its times stay for good.
CREATE INDEX llm_calls_raw_by_age ON llm_calls (received_at) WHERE raw_answer <> '';
