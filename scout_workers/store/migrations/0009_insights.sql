-- What is worth knowing of an organization's local day. As with summaries, equal facts are one run,
-- paid once; other facts make another one, current from its finish on, and the old one is kept. What
-- an insight cites is an observation of the same organization, or it is not there.

CREATE TABLE insight_runs (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    day             date NOT NULL,
    prompt_version  text NOT NULL CHECK (prompt_version <> ''),
    input_hash      text NOT NULL CHECK (input_hash ~ '^[0-9a-f]{64}$'),
    facts           jsonb NOT NULL CHECK (jsonb_typeof(facts) = 'object'),
    state           text NOT NULL DEFAULT 'pending'
                    CHECK (state IN ('pending', 'running', 'deferred',
                                     'completed', 'failed', 'skipped')),
    -- The right to write: whoever began last. A finish with another token touches nothing.
    lease_token     text,
    attempts        integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    run_no          integer NOT NULL DEFAULT 1 CHECK (run_no > 0),
    error_class     text,
    error_detail    text,
    -- Citations of what was not given, and insights that were left without evidence.
    refused         integer NOT NULL DEFAULT 0 CHECK (refused >= 0),
    dropped         integer NOT NULL DEFAULT 0 CHECK (dropped >= 0),
    -- The one that counts for its day; the others are history.
    current         boolean NOT NULL DEFAULT false,
    superseded_by   uuid,
    created_at      timestamptz NOT NULL DEFAULT now(),
    started_at      timestamptz,
    settled_at      timestamptz,
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, superseded_by) REFERENCES insight_runs (organization_id, id),
    UNIQUE (organization_id, day, prompt_version, input_hash),
    CHECK ((state IN ('completed', 'failed', 'skipped')) = (settled_at IS NOT NULL)),
    CHECK (state <> 'running' OR lease_token IS NOT NULL),
    CHECK (state NOT IN ('failed', 'deferred') OR error_class IS NOT NULL),
    CHECK (NOT current OR state = 'completed')
);
CREATE UNIQUE INDEX insight_runs_one_current ON insight_runs (organization_id, day) WHERE current;

CREATE TABLE insights (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL,
    run_id          uuid NOT NULL,
    ordinal         integer NOT NULL CHECK (ordinal >= 0),
    title           text NOT NULL CHECK (title <> ''),
    body            text NOT NULL CHECK (body <> ''),
    severity        text NOT NULL CHECK (severity IN ('info', 'notice', 'warning', 'critical')),
    FOREIGN KEY (organization_id, run_id) REFERENCES insight_runs (organization_id, id),
    UNIQUE (run_id, ordinal),
    UNIQUE (organization_id, id)
);

CREATE TABLE insight_evidence (
    organization_id uuid NOT NULL,
    insight_id      uuid NOT NULL,
    observation_id  uuid NOT NULL,
    ordinal         integer NOT NULL CHECK (ordinal >= 0),
    PRIMARY KEY (insight_id, observation_id),
    FOREIGN KEY (organization_id, insight_id) REFERENCES insights (organization_id, id),
    FOREIGN KEY (organization_id, observation_id) REFERENCES observations (organization_id, id)
);
CREATE INDEX insight_evidence_by_observation
    ON insight_evidence (organization_id, observation_id);

-- A day is due for its insights as it is for its summary.
ALTER TABLE summary_due
    DROP CONSTRAINT summary_due_kind_check,
    ADD CONSTRAINT summary_due_kind_check CHECK (kind IN ('hour', 'day', 'insights'));
