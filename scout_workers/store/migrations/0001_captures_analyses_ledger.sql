-- Organizations, their cameras and what those are watched for; captures, analyses and their
-- observations, the ledger of paid calls, and the outbox of events. Every row carries its
-- organization, and composite foreign keys make a link across organizations impossible.

CREATE TABLE organizations (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name        text NOT NULL UNIQUE CHECK (name <> ''),
    time_zone   text NOT NULL DEFAULT 'UTC' CHECK (time_zone <> ''),
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE cameras (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    name            text NOT NULL CHECK (name <> ''),
    created_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (organization_id, name),
    UNIQUE (organization_id, id)
);

CREATE TABLE analysis_profiles (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL,
    camera_id       uuid NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (organization_id, camera_id) REFERENCES cameras (organization_id, id),
    UNIQUE (organization_id, camera_id),
    UNIQUE (organization_id, id)
);

-- Immutable but for its state: a change is a new version. At most one is active in a profile.
CREATE TABLE profile_versions (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL,
    profile_id      uuid NOT NULL,
    provider        text NOT NULL CHECK (provider <> ''),
    model           text NOT NULL CHECK (model <> ''),
    instructions    text NOT NULL,
    content_hash    text NOT NULL CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    state           text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'active', 'retired')),
    created_at      timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (organization_id, profile_id) REFERENCES analysis_profiles (organization_id, id),
    UNIQUE (profile_id, content_hash),
    UNIQUE (organization_id, id)
);
CREATE UNIQUE INDEX profile_versions_one_active ON profile_versions (profile_id)
    WHERE state = 'active';

CREATE TABLE captures (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL,
    camera_id       uuid NOT NULL,
    bucket          text NOT NULL CHECK (bucket <> ''),
    key             text NOT NULL CHECK (key <> ''),
    captured_at     timestamptz NOT NULL,
    received_at     timestamptz NOT NULL DEFAULT now(),
    size_bytes      bigint NOT NULL CHECK (size_bytes >= 0),
    sha256          text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    -- Where it came from, in words ("import /pictures/yard/0001.jpg"); for people only.
    source          text NOT NULL DEFAULT '',
    state           text NOT NULL DEFAULT 'received'
                    CHECK (state IN ('received', 'readable', 'unreadable', 'missing', 'expired')),
    -- Why it is unreadable or missing, in words.
    state_reason    text,
    FOREIGN KEY (organization_id, camera_id) REFERENCES cameras (organization_id, id),
    UNIQUE (bucket, key),
    UNIQUE (organization_id, id),
    CHECK (state NOT IN ('unreadable', 'missing') OR state_reason IS NOT NULL)
);
-- "The captures of this camera before this one", newest first: read backwards.
CREATE INDEX captures_by_camera_time ON captures (camera_id, captured_at, id);

CREATE TABLE analyses (
    id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id    uuid NOT NULL,
    capture_id         uuid NOT NULL,
    profile_version_id uuid NOT NULL,
    run_no             integer NOT NULL DEFAULT 1 CHECK (run_no > 0),
    state              text NOT NULL DEFAULT 'pending'
                       CHECK (state IN ('pending', 'running', 'deferred',
                                        'completed', 'failed', 'skipped')),
    -- The right to write: whoever began last. A finish with another token touches nothing.
    lease_token        text,
    -- How often it was begun.
    attempts           integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    -- The last failure or the reason of the deferral; a completed analysis has none.
    error_class        text,
    error_detail       text,
    headline           text,
    severity           text CHECK (severity IN ('info', 'notice', 'warning', 'critical')),
    flags              text[] NOT NULL DEFAULT '{}',
    created_at         timestamptz NOT NULL DEFAULT now(),
    started_at         timestamptz,
    settled_at         timestamptz,
    FOREIGN KEY (organization_id, capture_id) REFERENCES captures (organization_id, id),
    FOREIGN KEY (organization_id, profile_version_id)
        REFERENCES profile_versions (organization_id, id),
    UNIQUE (capture_id, profile_version_id, run_no),
    UNIQUE (organization_id, id),
    CHECK ((state IN ('completed', 'failed', 'skipped')) = (settled_at IS NOT NULL)),
    CHECK (state <> 'running' OR lease_token IS NOT NULL),
    CHECK ((state = 'completed') = (headline IS NOT NULL AND severity IS NOT NULL)),
    CHECK (state NOT IN ('failed', 'deferred') OR error_class IS NOT NULL)
);
CREATE INDEX analyses_by_state ON analyses (organization_id, state);

CREATE TABLE observations (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL,
    analysis_id     uuid NOT NULL,
    ordinal         integer NOT NULL CHECK (ordinal >= 0),
    kind            text NOT NULL CHECK (kind <> ''),
    body            text NOT NULL CHECK (body <> ''),
    severity        text NOT NULL CHECK (severity IN ('info', 'notice', 'warning', 'critical')),
    confidence      real NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    -- x, y, width, height in fractions of the image, from its top left corner.
    region          real[] CHECK (array_length(region, 1) = 4 AND 0 <= ALL (region)
                                  AND 1 >= ALL (region)),
    flags           text[] NOT NULL DEFAULT '{}',
    FOREIGN KEY (organization_id, analysis_id) REFERENCES analyses (organization_id, id),
    UNIQUE (analysis_id, ordinal),
    UNIQUE (organization_id, id)
);

-- The ledger: one row for each call that may have been paid, never deleted. The partial unique
-- index is the gate that makes a second payment for the same request impossible while one is open
-- or was answered.
CREATE TABLE llm_calls (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id     uuid NOT NULL,
    camera_id           uuid,
    -- What the answer is for: the purpose and the ids that make it this one question.
    request_key         text NOT NULL CHECK (request_key <> ''),
    -- 'describe' and what later pieces of work will ask a model for.
    purpose             text NOT NULL CHECK (purpose <> ''),
    -- The row the answer is for (of `describe`: the analysis).
    subject_id          uuid NOT NULL,
    provider            text NOT NULL,
    model               text NOT NULL,
    profile_version_id  uuid,
    status              text NOT NULL DEFAULT 'started'
                        CHECK (status IN ('started', 'succeeded', 'failed', 'in_doubt', 'void')),
    -- Who may write the receipt: whoever inserted the row.
    lease_token         text NOT NULL,
    started_at          timestamptz NOT NULL DEFAULT now(),
    -- No worker that keeps its limits can still be waiting for the answer after this moment.
    expires_at          timestamptz NOT NULL,
    settled_at          timestamptz,
    -- When the answer came. Set on an in_doubt call it is a late receipt: this one was paid too.
    received_at         timestamptz,
    error_class         text,
    error_detail        text,
    served_model        text,
    provider_request_id text,
    input_tokens        bigint CHECK (input_tokens >= 0),
    output_tokens       bigint CHECK (output_tokens >= 0),
    cached_tokens       bigint CHECK (cached_tokens >= 0),
    -- Millionths of a dollar; NULL where no price is known.
    cost_microdollars   bigint CHECK (cost_microdollars >= 0),
    price_source        text,
    latency_ms          integer CHECK (latency_ms >= 0),
    raw_answer          text,
    FOREIGN KEY (organization_id) REFERENCES organizations,
    FOREIGN KEY (organization_id, camera_id) REFERENCES cameras (organization_id, id),
    FOREIGN KEY (organization_id, profile_version_id)
        REFERENCES profile_versions (organization_id, id),
    CHECK ((status = 'started') = (settled_at IS NULL)),
    CHECK ((raw_answer IS NULL) = (received_at IS NULL)),
    CHECK (status <> 'succeeded' OR raw_answer IS NOT NULL),
    CHECK (raw_answer IS NULL OR status IN ('succeeded', 'in_doubt')),
    CHECK (expires_at > started_at)
);
CREATE UNIQUE INDEX llm_calls_one_open_or_paid ON llm_calls (request_key)
    WHERE status IN ('started', 'succeeded');
CREATE INDEX llm_calls_by_subject ON llm_calls (subject_id, started_at);
CREATE INDEX llm_calls_by_time ON llm_calls (organization_id, started_at);

-- The outbox: an event is written with what it tells of, and broadcast afterwards.
CREATE TABLE events (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    kind            text NOT NULL CHECK (kind <> ''),
    subject_id      uuid NOT NULL,
    payload         jsonb NOT NULL CHECK (jsonb_typeof(payload) = 'object'),
    created_at      timestamptz NOT NULL DEFAULT now(),
    broadcast_at    timestamptz,
    UNIQUE (kind, subject_id)
);
CREATE INDEX events_not_broadcast ON events (created_at) WHERE broadcast_at IS NULL;
