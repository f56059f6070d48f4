-- Organizations, their cameras and what those are watched for; captures, the ledger of paid calls,
-- analyses and their observations, and the outbox of events. Every row carries its organization,
-- and composite foreign keys make a link across organizations impossible.

CREATE TABLE organizations (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name        text NOT NULL UNIQUE CHECK (name <> ''),
    time_zone   text NOT NULL DEFAULT 'UTC',
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

-- Immutable: a change is a new version. One active version a profile.
CREATE TABLE profile_versions (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL,
    profile_id      uuid NOT NULL,
    provider        text NOT NULL,
    model           text NOT NULL,
    instructions    text NOT NULL,
    content_hash    text NOT NULL,
    state           text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'active', 'retired')),
    created_at      timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (organization_id, profile_id) REFERENCES analysis_profiles (organization_id, id),
    UNIQUE (profile_id, content_hash),
    UNIQUE (organization_id, id)
);
CREATE UNIQUE INDEX profile_versions_one_active ON profile_versions (profile_id) WHERE state = 'active';

CREATE TABLE captures (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL,
    camera_id       uuid NOT NULL,
    bucket          text NOT NULL,
    key             text NOT NULL,
    captured_at     timestamptz NOT NULL,
    received_at     timestamptz NOT NULL DEFAULT now(),
    size_bytes      bigint NOT NULL CHECK (size_bytes >= 0),
    sha256          text NOT NULL,
    source          text NOT NULL DEFAULT '',
    state           text NOT NULL DEFAULT 'received'
                    CHECK (state IN ('received', 'readable', 'unreadable', 'missing', 'expired')),
    state_reason    text,
    FOREIGN KEY (organization_id, camera_id) REFERENCES cameras (organization_id, id),
    UNIQUE (bucket, key),
    UNIQUE (organization_id, id)
);
-- "The frames of this camera before this moment", newest first.
CREATE INDEX captures_by_camera_time ON captures (camera_id, captured_at DESC, id);

CREATE TABLE analyses (
    id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id    uuid NOT NULL,
    capture_id         uuid NOT NULL,
    profile_version_id uuid NOT NULL,
    run_no             integer NOT NULL DEFAULT 1 CHECK (run_no > 0),
    state              text NOT NULL DEFAULT 'pending'
                       CHECK (state IN ('pending', 'running', 'deferred', 'completed', 'failed', 'skipped')),
    -- The right to finish: whoever began last. A finish with another token touches nothing.
    lease_token        text,
    attempts           integer NOT NULL DEFAULT 0,
    error_class        text,
    error_detail       text,
    headline           text,
    severity           text CHECK (severity IN ('info', 'notice', 'warning', 'critical')),
    flags              text[] NOT NULL DEFAULT '{}',
    created_at         timestamptz NOT NULL DEFAULT now(),
    started_at         timestamptz,
    settled_at         timestamptz,
    FOREIGN KEY (organization_id, capture_id) REFERENCES captures (organization_id, id),
    FOREIGN KEY (organization_id, profile_version_id) REFERENCES profile_versions (organization_id, id),
    UNIQUE (capture_id, profile_version_id, run_no),
    UNIQUE (organization_id, id),
    CHECK ((state IN ('completed', 'failed', 'skipped')) = (settled_at IS NOT NULL)),
    CHECK (state <> 'completed' OR headline IS NOT NULL),
    CHECK (state <> 'failed' OR error_class IS NOT NULL)
);
CREATE INDEX analyses_by_state ON analyses (organization_id, state);

CREATE TABLE observations (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL,
    analysis_id     uuid NOT NULL,
    ordinal         integer NOT NULL CHECK (ordinal >= 0),
    kind            text NOT NULL,
    body            text NOT NULL,
    severity        text NOT NULL CHECK (severity IN ('info', 'notice', 'warning', 'critical')),
    confidence      real NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    region          real[] CHECK (region IS NULL OR array_length(region, 1) = 4),
    flags           text[] NOT NULL DEFAULT '{}',
    FOREIGN KEY (organization_id, analysis_id) REFERENCES analyses (organization_id, id),
    UNIQUE (analysis_id, ordinal),
    UNIQUE (organization_id, id)
);

-- The ledger. One row an attempt; the partial unique index is the gate that makes a second payment
-- for the same request impossible while one is open or paid.
CREATE TABLE llm_calls (
    id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id    uuid NOT NULL REFERENCES organizations,
    camera_id          uuid,
    request_key        text NOT NULL,
    purpose            text NOT NULL,
    provider           text NOT NULL,
    model              text NOT NULL,
    profile_version_id uuid,
    status             text NOT NULL
                       CHECK (status IN ('started', 'succeeded', 'failed', 'in_doubt', 'void')),
    lease_token        text NOT NULL,
    started_at         timestamptz NOT NULL DEFAULT now(),
    -- No worker can still be waiting for an answer after this moment.
    expires_at         timestamptz NOT NULL,
    settled_at         timestamptz,
    error_class        text,
    error_detail       text,
    served_model       text,
    provider_request_id text,
    input_tokens       bigint,
    output_tokens      bigint,
    cached_tokens      bigint,
    cost_microdollars  bigint CHECK (cost_microdollars >= 0),
    price_source       text,
    latency_ms         integer,
    raw_answer         text,
    FOREIGN KEY (organization_id, camera_id) REFERENCES cameras (organization_id, id),
    CHECK ((status = 'started') = (settled_at IS NULL)),
    CHECK (status <> 'succeeded' OR raw_answer IS NOT NULL OR settled_at IS NOT NULL)
);
CREATE UNIQUE INDEX llm_calls_one_open_or_paid ON llm_calls (request_key)
    WHERE status IN ('started', 'succeeded');
CREATE INDEX llm_calls_by_request ON llm_calls (request_key, started_at);
CREATE INDEX llm_calls_by_time ON llm_calls (organization_id, started_at);

-- The outbox: written in the finish transaction, broadcast afterwards, each once.
CREATE TABLE events (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    kind            text NOT NULL,
    subject_id      uuid NOT NULL,
    payload         jsonb NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    broadcast_at    timestamptz,
    UNIQUE (kind, subject_id)
);
CREATE INDEX events_not_broadcast ON events (created_at) WHERE broadcast_at IS NULL;
