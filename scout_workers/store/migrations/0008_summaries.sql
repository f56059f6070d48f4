-- Summaries of hours and days, and the windows of time that are due for one. Written from facts
-- whose hash is part of the key: equal facts are one summary and are paid once; other facts make
-- another row, which is current from its finish on, and the old one is kept.

CREATE TABLE summaries (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    -- NULL: of all cameras of the organization.
    camera_id       uuid,
    kind            text NOT NULL CHECK (kind IN ('hour', 'day')),
    -- The end is not in the window.
    window_start    timestamptz NOT NULL,
    window_end      timestamptz NOT NULL CHECK (window_end > window_start),
    -- How the facts are put to a model.
    prompt_version  text NOT NULL CHECK (prompt_version <> ''),
    input_hash      text NOT NULL CHECK (input_hash ~ '^[0-9a-f]{64}$'),
    -- What it was written from.
    facts           jsonb NOT NULL CHECK (jsonb_typeof(facts) = 'object'),
    state           text NOT NULL DEFAULT 'pending'
                    CHECK (state IN ('pending', 'running', 'deferred',
                                     'completed', 'failed', 'skipped')),
    -- The right to write: whoever began last. A finish with another token touches nothing.
    lease_token     text,
    attempts        integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    -- More than 1 where an operator wanted a failed one tried again: another question to a model.
    run_no          integer NOT NULL DEFAULT 1 CHECK (run_no > 0),
    error_class     text,
    error_detail    text,
    headline        text,
    body            text,
    severity        text CHECK (severity IN ('info', 'notice', 'warning', 'critical')),
    -- The one that counts for its window; the others are history.
    current         boolean NOT NULL DEFAULT false,
    superseded_by   uuid,
    created_at      timestamptz NOT NULL DEFAULT now(),
    started_at      timestamptz,
    settled_at      timestamptz,
    FOREIGN KEY (organization_id, camera_id) REFERENCES cameras (organization_id, id),
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, superseded_by) REFERENCES summaries (organization_id, id),
    UNIQUE NULLS NOT DISTINCT
        (organization_id, camera_id, kind, window_start, prompt_version, input_hash),
    CHECK ((state IN ('completed', 'failed', 'skipped')) = (settled_at IS NOT NULL)),
    CHECK (state <> 'running' OR lease_token IS NOT NULL),
    CHECK ((state = 'completed')
           = (headline IS NOT NULL AND body IS NOT NULL AND severity IS NOT NULL)),
    CHECK (state NOT IN ('failed', 'deferred') OR error_class IS NOT NULL),
    CHECK (NOT current OR state = 'completed')
);
CREATE UNIQUE INDEX summaries_one_current
    ON summaries (organization_id, camera_id, kind, window_start) NULLS NOT DISTINCT
    WHERE current;
CREATE INDEX summaries_unsettled ON summaries (organization_id, camera_id, kind, window_start)
    WHERE settled_at IS NULL;

-- Windows with news in them: one row a window, however many captures are news. Whoever begins the
-- summary takes the row away, whoever brings news later puts another one there.
CREATE TABLE summary_due (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    camera_id       uuid,
    kind            text NOT NULL CHECK (kind IN ('hour', 'day')),
    window_start    timestamptz NOT NULL,
    window_end      timestamptz NOT NULL CHECK (window_end > window_start),
    noted_at        timestamptz NOT NULL DEFAULT now(),
    -- When its message was sent last.
    sent_at         timestamptz,
    FOREIGN KEY (organization_id, camera_id) REFERENCES cameras (organization_id, id),
    UNIQUE NULLS NOT DISTINCT (organization_id, camera_id, kind, window_start)
);
CREATE INDEX summary_due_by_end ON summary_due (window_end);
