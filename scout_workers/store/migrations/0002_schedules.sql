-- What runs by the clock. Schedules belong to the installation and not to an organization: what
-- they send for looks after all of them. Settings say what there is, an operator what is paused.

CREATE TABLE schedules (
    name        text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{0,62}$'),
    cron        text NOT NULL CHECK (cron <> ''),
    time_zone   text NOT NULL CHECK (time_zone <> ''),
    actor       text NOT NULL CHECK (actor <> ''),
    arguments   text[] NOT NULL DEFAULT '{}',
    misfire     text NOT NULL CHECK (misfire IN ('once', 'skip', 'all')),
    enabled     boolean NOT NULL DEFAULT true,
    -- The operator's word, which settings never touch.
    paused_at   timestamptz,
    paused_by   text,
    -- No entry of the settings has this name any more.
    retired_at  timestamptz,
    -- The first time of `cron` that has not been dealt with.
    next_at     timestamptz NOT NULL,
    -- How many times passed while no scheduler ran and were not made up for.
    missed      bigint NOT NULL DEFAULT 0 CHECK (missed >= 0),
    created_at  timestamptz NOT NULL DEFAULT now(),
    CHECK (paused_by IS NULL OR paused_at IS NOT NULL)
);

-- One row each time a schedule was sent for. The primary key is what makes any number of schedulers
-- send each time once.
CREATE TABLE schedule_runs (
    schedule      text NOT NULL REFERENCES schedules,
    scheduled_for timestamptz NOT NULL,
    -- 'clock', or 'operator' for what somebody ran by hand.
    asked_by      text NOT NULL DEFAULT 'clock' CHECK (asked_by IN ('clock', 'operator')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    -- When sending it was last begun with: who finds it unsent long after this begins again.
    tried_at      timestamptz NOT NULL DEFAULT now(),
    -- With a broker that joins transactions: when the row was written. With others: after the
    -- message had gone out, so that a crash in between is found here.
    sent_at       timestamptz,
    message_id    text,
    PRIMARY KEY (schedule, scheduled_for)
);
CREATE INDEX schedule_runs_unsent ON schedule_runs (tried_at) WHERE sent_at IS NULL;
CREATE INDEX schedule_runs_by_age ON schedule_runs (created_at);
