-- Proposals of profiles: what was asked for, what it was made from, and the draft that came of it.
-- The samples are chosen once and kept, so that a retry asks the same question, which is then paid
-- already.

CREATE TABLE profile_generations (
    id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id    uuid NOT NULL,
    camera_id          uuid NOT NULL,
    -- What the operator wants watched, in their words; may be empty.
    wishes             text NOT NULL,
    asked_by           text NOT NULL CHECK (asked_by <> ''),
    state              text NOT NULL DEFAULT 'pending'
                       CHECK (state IN ('pending', 'running', 'deferred', 'completed', 'failed')),
    lease_token        text,
    attempts           integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    error_class        text,
    error_detail       text,
    -- The question, once the samples are chosen: who is asked, and the facts as they are told.
    provider           text,
    model              text,
    facts              jsonb CHECK (jsonb_typeof(facts) = 'object'),
    input_hash         text CHECK (input_hash ~ '^[0-9a-f]{64}$'),
    -- The proposal.
    reasoning          text,
    profile_version_id uuid,
    created_at         timestamptz NOT NULL DEFAULT now(),
    started_at         timestamptz,
    settled_at         timestamptz,
    FOREIGN KEY (organization_id, camera_id) REFERENCES cameras (organization_id, id),
    FOREIGN KEY (organization_id, profile_version_id)
        REFERENCES profile_versions (organization_id, id) ON DELETE SET NULL (profile_version_id),
    UNIQUE (organization_id, id),
    CHECK ((state IN ('completed', 'failed')) = (settled_at IS NOT NULL)),
    CHECK (state <> 'running' OR lease_token IS NOT NULL),
    CHECK (state NOT IN ('failed', 'deferred') OR error_class IS NOT NULL),
    CHECK (state <> 'completed' OR reasoning IS NOT NULL),
    CHECK ((input_hash IS NULL) = (facts IS NULL)),
    CHECK ((input_hash IS NULL) = (provider IS NULL OR model IS NULL))
);
CREATE UNIQUE INDEX profile_generations_one_open ON profile_generations (camera_id)
    WHERE settled_at IS NULL;
CREATE INDEX profile_generations_by_version ON profile_generations (profile_version_id);

-- The captures a proposal was made from, in the order the model saw them.
CREATE TABLE profile_generation_samples (
    organization_id uuid NOT NULL,
    generation_id   uuid NOT NULL,
    ordinal         integer NOT NULL CHECK (ordinal >= 0),
    capture_id      uuid NOT NULL,
    PRIMARY KEY (generation_id, ordinal),
    FOREIGN KEY (organization_id, generation_id)
        REFERENCES profile_generations (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, capture_id)
        REFERENCES captures (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX profile_generation_samples_by_capture ON profile_generation_samples (capture_id);
