-- Backfills: history fed to the workers a few captures at a time. What is written for each capture
-- stands in this table only as long as the capture is in flight (docs/adr/0096).

CREATE TABLE backfills (
    id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id   uuid NOT NULL REFERENCES organizations,
    -- What it is to analyse; NULL is every one.
    camera_id         uuid,
    since             timestamptz,
    before            timestamptz,
    which             text NOT NULL CHECK (which IN ('missing', 'failed', 'older')),
    -- Its captures were chosen beforehand (a sample, a file) and stand in backfill_items, waiting.
    listed            boolean NOT NULL,
    -- The selection in words, for people.
    wish              text NOT NULL,
    -- Of the selection: while one is active there is no second of the same.
    selection_hash    text NOT NULL CHECK (selection_hash ~ '^[0-9a-f]{64}$'),
    oldest_first      boolean NOT NULL,
    state             text NOT NULL DEFAULT 'planned'
                      CHECK (state IN ('planned', 'running', 'paused', 'cancelled', 'completed')),
    -- Why it is paused or cancelled: 'operator', 'until', 'cost', 'unpriced'.
    state_reason      text,
    created_at        timestamptz NOT NULL DEFAULT now(),
    created_by        text NOT NULL CHECK (created_by <> ''),
    started_at        timestamptz,
    ended_at          timestamptz,
    -- The throttle. A rate is captures a minute; a cost is millionths of a dollar.
    max_in_flight     integer NOT NULL CHECK (max_in_flight > 0),
    rate              double precision CHECK (rate > 0),
    max_cost          bigint CHECK (max_cost >= 0),
    until             timestamptz,
    -- With so many live messages waiting nothing is fed; with half as many, half as much.
    yield_at          integer NOT NULL CHECK (yield_at > 0),
    -- What one capture is thought to cost, until some have been paid for.
    expected_cost     bigint NOT NULL DEFAULT 0 CHECK (expected_cost >= 0),
    -- How far it is. Everything up to the cursor has been looked at.
    cursor_moment     timestamptz,
    cursor_id         uuid,
    exhausted         boolean NOT NULL DEFAULT false,
    -- Up to which moment the rate is used up.
    rate_used_until   timestamptz,
    total             bigint NOT NULL DEFAULT 0 CHECK (total >= 0),
    fed               bigint NOT NULL DEFAULT 0,
    completed         bigint NOT NULL DEFAULT 0,
    failed            bigint NOT NULL DEFAULT 0,
    skipped           bigint NOT NULL DEFAULT 0,
    cost_microdollars bigint NOT NULL DEFAULT 0,
    input_tokens      bigint NOT NULL DEFAULT 0,
    output_tokens     bigint NOT NULL DEFAULT 0,
    -- Captures of which nobody knows what they cost.
    unpriced          bigint NOT NULL DEFAULT 0,
    -- How many failed, by the class of the error.
    failures          jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(failures) = 'object'),
    -- From here the speed is reckoned: what was settled when it was started or resumed.
    speed_since       timestamptz,
    speed_from        bigint NOT NULL DEFAULT 0,
    -- The number of the next step. Only the message that names it does anything.
    step              bigint NOT NULL DEFAULT 0,
    stepped_at        timestamptz,
    -- When that step is due; long past means that its message is lost. NULL: there is to be none.
    next_step_at      timestamptz,
    FOREIGN KEY (organization_id, camera_id) REFERENCES cameras (organization_id, id),
    UNIQUE (organization_id, id),
    CHECK ((cursor_moment IS NULL) = (cursor_id IS NULL)),
    CHECK ((state IN ('cancelled', 'completed')) = (ended_at IS NOT NULL)),
    CHECK (state NOT IN ('paused', 'cancelled') OR state_reason IS NOT NULL)
) WITH (
    -- One row a backfill, written with every step.
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200
);
CREATE UNIQUE INDEX backfills_one_of_a_selection ON backfills (organization_id, selection_hash)
    WHERE state IN ('planned', 'running', 'paused');
CREATE INDEX backfills_with_steps ON backfills (next_step_at) WHERE next_step_at IS NOT NULL;

CREATE TABLE backfill_items (
    organization_id uuid NOT NULL,
    backfill_id     uuid NOT NULL,
    capture_id      uuid NOT NULL,
    captured_at     timestamptz NOT NULL,
    state           text NOT NULL CHECK (state IN ('waiting', 'in_flight')),
    fed_at          timestamptz,
    PRIMARY KEY (backfill_id, capture_id),
    FOREIGN KEY (organization_id, backfill_id) REFERENCES backfills (organization_id, id),
    FOREIGN KEY (organization_id, capture_id) REFERENCES captures (organization_id, id)
        ON DELETE CASCADE,
    CHECK ((state = 'in_flight') = (fed_at IS NOT NULL))
) WITH (
    autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);
-- A capture is in flight for one backfill at most, however their selections overlap.
CREATE UNIQUE INDEX backfill_items_in_flight ON backfill_items (capture_id)
    WHERE state = 'in_flight';
CREATE INDEX backfill_items_waiting ON backfill_items (backfill_id, captured_at, capture_id)
    WHERE state = 'waiting';

-- Who did what to a backfill, and when; never changed.
CREATE TABLE backfill_changes (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL,
    backfill_id     uuid NOT NULL,
    changed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_by      text NOT NULL CHECK (changed_by <> ''),
    -- 'planned', 'running', 'paused', 'cancelled', 'completed', 'limits'.
    change          text NOT NULL CHECK (change <> ''),
    detail          text NOT NULL,
    FOREIGN KEY (organization_id, backfill_id) REFERENCES backfills (organization_id, id)
);
CREATE INDEX backfill_changes_of_backfill ON backfill_changes (backfill_id, changed_at);

-- The captures of an organization by time, whichever camera's, in both directions.
CREATE INDEX captures_by_organization_time ON captures (organization_id, captured_at, id);
