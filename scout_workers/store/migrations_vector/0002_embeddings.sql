-- Vectors of what can be found: the models that make them, what is still to be embedded, in which
-- batches, and the vectors. Models are the installation's, as prices and gates are; all else is an
-- organization's.

-- The extension may be anywhere: it was there before us, perhaps.
SELECT set_config('search_path', current_setting('search_path') || ', ' || quote_ident(n.nspname), true)
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'vector';

CREATE TABLE embedding_models (
    id           smallint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    provider     text NOT NULL CHECK (provider <> ''),
    model        text NOT NULL CHECK (model <> ''),
    dimensions   integer NOT NULL CHECK (dimensions BETWEEN 1 AND 4000),
    -- building: embedded, not asked yet; active: the one that is asked; retired: neither, and its
    -- vectors lie there until they are removed.
    state        text NOT NULL DEFAULT 'building' CHECK (state IN ('building', 'active', 'retired')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    activated_at timestamptz,
    retired_at   timestamptz,
    UNIQUE (provider, model),
    CHECK ((state = 'retired') = (retired_at IS NOT NULL))
);
CREATE UNIQUE INDEX embedding_models_one_active ON embedding_models (state) WHERE state = 'active';

-- Up to 64 texts that go to the model in one call.
CREATE TABLE embedding_batches (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    model_id        smallint NOT NULL REFERENCES embedding_models,
    lane            text NOT NULL CHECK (lane IN ('live', 'backfill')),
    -- split: the model refused it, and its halves are batches of their own.
    state           text NOT NULL DEFAULT 'pending'
                    CHECK (state IN ('pending', 'running', 'deferred',
                                     'completed', 'split', 'failed', 'skipped')),
    lease_token     text,
    attempts        integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    error_class     text,
    error_detail    text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    -- Last begun, or given up for now: one that nobody has touched for long has lost its message.
    touched_at      timestamptz NOT NULL DEFAULT now(),
    settled_at      timestamptz,
    UNIQUE (organization_id, id),
    CHECK ((state IN ('completed', 'split', 'failed', 'skipped')) = (settled_at IS NOT NULL)),
    CHECK (state <> 'running' OR lease_token IS NOT NULL),
    CHECK (state NOT IN ('failed', 'split', 'deferred') OR error_class IS NOT NULL)
);
CREATE INDEX embedding_batches_open ON embedding_batches (model_id, organization_id, lane)
    WHERE settled_at IS NULL;
CREATE INDEX embedding_batches_settled ON embedding_batches (settled_at)
    WHERE settled_at IS NOT NULL;

-- The outbox: a text that a model has yet to embed, written with the text; gone when it is done.
CREATE TABLE embedding_due (
    model_id        smallint NOT NULL REFERENCES embedding_models,
    organization_id uuid NOT NULL,
    source_kind     text NOT NULL,
    source_id       uuid NOT NULL,
    lane            text NOT NULL DEFAULT 'live' CHECK (lane IN ('live', 'backfill')),
    queued_at       timestamptz NOT NULL DEFAULT now(),
    -- The batch it goes with; NULL: it waits for one, or the model refused it for good.
    batch_id        uuid,
    -- Why the model refused it, alone.
    error_class     text,
    error_detail    text,
    PRIMARY KEY (organization_id, source_kind, source_id, model_id),
    FOREIGN KEY (organization_id, source_kind, source_id)
        REFERENCES search_texts (organization_id, source_kind, source_id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, batch_id) REFERENCES embedding_batches (organization_id, id),
    CHECK (error_class IS NULL OR batch_id IS NULL)
);
CREATE INDEX embedding_due_waiting ON embedding_due (organization_id, model_id, lane, queued_at)
    WHERE batch_id IS NULL AND error_class IS NULL;
CREATE INDEX embedding_due_of_batch ON embedding_due (organization_id, batch_id)
    WHERE batch_id IS NOT NULL;
CREATE INDEX embedding_due_failed ON embedding_due (model_id) WHERE error_class IS NOT NULL;

-- Halves of a float: half of the room, no TOAST up to a thousand dimensions, and pgvector's index
-- takes 4,000 of them. No dimension here, since models differ: each model has an index of its own
-- over its own rows, cast to its dimensions, made when the model is (app/embedding_indexes.py).
CREATE TABLE embeddings (
    organization_id uuid NOT NULL,
    source_kind     text NOT NULL,
    source_id       uuid NOT NULL,
    model_id        smallint NOT NULL REFERENCES embedding_models,
    content_hash    bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    -- What a search filters by, as in search_texts: an index scan must find it in the row.
    camera_id       uuid,
    observed_at     timestamptz NOT NULL,
    severity        text NOT NULL,
    embedding       halfvec NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, source_kind, source_id, model_id),
    FOREIGN KEY (organization_id, source_kind, source_id)
        REFERENCES search_texts (organization_id, source_kind, source_id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, camera_id) REFERENCES cameras (organization_id, id)
);
-- A vector is already a good eighth of a page; out of line, every step of an index scan were two reads.
ALTER TABLE embeddings ALTER COLUMN embedding SET STORAGE MAIN;
-- A text that was embedded before is not paid again.
CREATE INDEX embeddings_by_content ON embeddings (organization_id, content_hash, model_id);
-- Where a filter leaves few, they are all compared: no index of neighbours can do it better.
CREATE INDEX embeddings_by_time ON embeddings (model_id, organization_id, observed_at);
CREATE INDEX embeddings_by_camera_time
    ON embeddings (model_id, organization_id, camera_id, observed_at);

-- Headlines are found by their words; their vectors would be those of their observations again.
CREATE FUNCTION search_embed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO scout.embedding_due (model_id, organization_id, source_kind, source_id)
    SELECT m.id, t.organization_id, t.source_kind, t.source_id
    FROM written t
    JOIN scout.embedding_models m ON m.state IN ('building', 'active')
    WHERE t.source_kind <> 'headline';
    RETURN NULL;
END $$;

CREATE TRIGGER search_embed AFTER INSERT ON search_texts
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION search_embed();
