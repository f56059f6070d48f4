-- Money: how fast a provider may be asked, what an organization may spend a day and a month, and the
-- switches that stop either. Gates, and switches of a provider or of history, are the whole fleet's and
-- belong to no organization.

-- Of the ledger: which lane a call took, and what is held for it until it is settled: an upper bound of
-- its cost and its tokens. What is outstanding follows from the status and is written nowhere else.
ALTER TABLE llm_calls
    ADD COLUMN lane text NOT NULL DEFAULT 'live' CHECK (lane IN ('live', 'backfill')),
    -- The day in the organization's time zone on which the call was begun, and counts.
    ADD COLUMN local_day date,
    ADD COLUMN reserved_microdollars bigint NOT NULL DEFAULT 0 CHECK (reserved_microdollars >= 0),
    ADD COLUMN reserved_tokens bigint NOT NULL DEFAULT 0 CHECK (reserved_tokens >= 0);
UPDATE llm_calls AS c SET local_day = (c.started_at AT TIME ZONE o.time_zone)::date
FROM organizations AS o WHERE o.id = c.organization_id;
ALTER TABLE llm_calls ALTER COLUMN local_day SET DEFAULT (now() AT TIME ZONE 'UTC')::date,
    ALTER COLUMN local_day SET NOT NULL;
-- Calls nobody knows the end of: their receipt may lie in the spool.
CREATE INDEX llm_calls_without_receipt ON llm_calls (request_key)
    WHERE status = 'in_doubt' AND received_at IS NULL;
CREATE INDEX llm_calls_by_day ON llm_calls (organization_id, local_day);

-- One row a model, closed by its 429s and overloads; and one a provider, with no model, for what may be
-- asked of it a minute. Hot: a begin updates it and commits.
CREATE TABLE provider_gates (
    provider       text NOT NULL CHECK (provider <> ''),
    model          text NOT NULL,
    -- The bucket is full again at this moment (GCRA's theoretical arrival time): of requests, of tokens.
    requests_until timestamptz NOT NULL DEFAULT '-infinity',
    tokens_until   timestamptz NOT NULL DEFAULT '-infinity',
    -- When the last of those who were refused was told to come again: the next comes after it.
    live_line      timestamptz NOT NULL DEFAULT '-infinity',
    backfill_line  timestamptz NOT NULL DEFAULT '-infinity',
    -- The provider asked us to stay away until then.
    closed_until   timestamptz NOT NULL DEFAULT '-infinity',
    closed_reason  text,
    -- How often in a row, for who does not say for how long.
    closings       integer NOT NULL DEFAULT 0 CHECK (closings >= 0),
    PRIMARY KEY (provider, model),
    CHECK (closed_until = '-infinity' OR closed_reason IS NOT NULL)
) WITH (fillfactor = 50);

CREATE TABLE budgets (
    organization_id    uuid NOT NULL REFERENCES organizations,
    period             text NOT NULL CHECK (period IN ('day', 'month')),
    limit_microdollars bigint NOT NULL CHECK (limit_microdollars >= 0),
    set_at             timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, period)
);

-- What is spent and held in one day or month of an organization's own time zone.
CREATE TABLE budget_windows (
    organization_id       uuid NOT NULL,
    period                text NOT NULL,
    starts_on             date NOT NULL,
    reserved_microdollars bigint NOT NULL DEFAULT 0 CHECK (reserved_microdollars >= 0),
    spent_microdollars    bigint NOT NULL DEFAULT 0 CHECK (spent_microdollars >= 0),
    PRIMARY KEY (organization_id, period, starts_on),
    FOREIGN KEY (organization_id, period) REFERENCES budgets ON DELETE CASCADE
) WITH (fillfactor = 50);

-- What somebody paused: a row is a pause, its absence is none.
CREATE TABLE switches (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind            text NOT NULL CHECK (kind IN ('organization', 'camera', 'provider', 'backfill')),
    organization_id uuid REFERENCES organizations,
    camera_id       uuid,
    provider        text CHECK (provider <> ''),
    -- NULL: all of the provider's models.
    model           text CHECK (model <> ''),
    reason          text NOT NULL CHECK (reason <> ''),
    paused_by       text NOT NULL CHECK (paused_by <> ''),
    paused_at       timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (organization_id, camera_id) REFERENCES cameras (organization_id, id),
    UNIQUE NULLS NOT DISTINCT (kind, organization_id, camera_id, provider, model),
    CHECK ((organization_id IS NOT NULL) = (kind IN ('organization', 'camera'))),
    CHECK ((camera_id IS NOT NULL) = (kind = 'camera')),
    CHECK ((provider IS NOT NULL) = (kind = 'provider')),
    CHECK (model IS NULL OR kind = 'provider')
);
