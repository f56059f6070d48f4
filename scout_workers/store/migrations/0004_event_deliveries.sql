-- Who is told of which event: one row an event and target, so that each is told, tried again and
-- given up by itself.

ALTER TABLE events ADD UNIQUE (organization_id, id);

CREATE TABLE event_deliveries (
    event_id        uuid NOT NULL,
    organization_id uuid NOT NULL,
    -- As the settings call it.
    target          text NOT NULL CHECK (target <> ''),
    -- Of which telling: an event whose subject settles again is told again.
    event_at        timestamptz NOT NULL,
    state           text NOT NULL DEFAULT 'pending'
                    CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts        integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    -- When it is tried, as far as is known: a message waits for that, unless it was lost.
    next_try_at     timestamptz NOT NULL DEFAULT now(),
    last_error      text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    settled_at      timestamptz,
    PRIMARY KEY (event_id, target),
    FOREIGN KEY (organization_id, event_id) REFERENCES events (organization_id, id)
        ON DELETE CASCADE,
    CHECK ((state = 'pending') = (settled_at IS NULL)),
    CHECK (state <> 'dead' OR last_error IS NOT NULL)
);
CREATE INDEX event_deliveries_pending ON event_deliveries (next_try_at) WHERE state = 'pending';
CREATE INDEX event_deliveries_dead ON event_deliveries (settled_at) WHERE state = 'dead';

-- How each target has been lately: one that fails is left alone for a while, by all of the fleet,
-- so that it costs the others nothing.
CREATE TABLE event_targets (
    target        text PRIMARY KEY,
    failures      integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    blocked_until timestamptz,
    last_error    text,
    changed_at    timestamptz NOT NULL DEFAULT now()
);
