-- The broker's tables. One narrow hot table whose rows are deleted on ack; dead messages, workers
-- and the operator's controls beside it.

CREATE SEQUENCE message_seq AS bigint;

CREATE TABLE message (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The place in the queue. A message that comes back takes a new one: it goes to the end.
    seq          bigint NOT NULL DEFAULT nextval('message_seq'),
    -- Dramatiq's id. Not unique: re-enqueueing the current message is an idiom of its.
    message_id   text NOT NULL,
    -- Ours, one an enqueue: an enqueue repeated after a lost reply is one message.
    enqueue_key  uuid NOT NULL UNIQUE,
    dedup_key    text,
    queue        text NOT NULL,
    actor        text NOT NULL,
    priority     smallint NOT NULL DEFAULT 0,
    state        text NOT NULL DEFAULT 'ready' CHECK (state IN ('scheduled', 'ready', 'leased')),
    available_at timestamptz NOT NULL DEFAULT now(),
    enqueued_at  timestamptz NOT NULL DEFAULT now(),
    -- Counts claims and never goes back: with lease_owner it is the fence of every effect.
    attempt      integer NOT NULL DEFAULT 0,
    -- Counts claims that ended with no outcome since the last one that had one.
    rescues      smallint NOT NULL DEFAULT 0,
    lease_owner  uuid,
    leased_at    timestamptz,
    payload      bytea NOT NULL,
    CHECK ((state = 'leased') = (lease_owner IS NOT NULL))
) WITH (
    -- Every row is written three times and gone: vacuum early, often and without pausing.
    fillfactor = 90,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_threshold = -1,
    autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_scale_factor = 0.5,
    autovacuum_analyze_threshold = 10000
);
CREATE INDEX message_ready ON message (queue, priority, seq) WHERE state = 'ready';
CREATE INDEX message_scheduled ON message (available_at) WHERE state = 'scheduled';
CREATE INDEX message_leased ON message (lease_owner) WHERE state = 'leased';
-- At most one waiting message a key; one that is being worked on no longer counts.
CREATE UNIQUE INDEX message_dedup ON message (dedup_key)
    WHERE dedup_key IS NOT NULL AND state IN ('ready', 'scheduled');

CREATE TABLE dead_message (
    id          bigint PRIMARY KEY,
    message_id  text NOT NULL,
    queue       text NOT NULL,
    actor       text NOT NULL,
    priority    smallint NOT NULL,
    attempt     integer NOT NULL,
    enqueued_at timestamptz NOT NULL,
    died_at     timestamptz NOT NULL DEFAULT now(),
    reason      text NOT NULL CHECK (reason IN ('failed', 'max_deliveries', 'undecodable')),
    error       text,
    payload     bytea NOT NULL
);
CREATE INDEX dead_message_by_queue ON dead_message (queue, died_at);
CREATE INDEX dead_message_by_time ON dead_message (died_at);

-- One row a worker process. A lease lives as long as its owner's row is fresh.
CREATE TABLE worker (
    id           uuid PRIMARY KEY,
    host         text NOT NULL,
    -- With pid_start these three name one process for ever, so that a neighbour may tell it died.
    boot_id      text NOT NULL,
    pid_space    text NOT NULL,
    pid          integer NOT NULL,
    pid_start    bigint NOT NULL,
    version      text NOT NULL,
    queues       text[] NOT NULL,
    threads      integer NOT NULL,
    draining     boolean NOT NULL DEFAULT false,
    started_at   timestamptz NOT NULL DEFAULT now(),
    heartbeat_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);

CREATE TABLE queue_control (
    queue        text PRIMARY KEY,
    paused_at    timestamptz,
    paused_by    text,
    global_limit integer CHECK (global_limit >= 0),
    CHECK ((paused_at IS NULL) = (paused_by IS NULL))
);

-- What a caller's own transaction may do to messages, whatever its role: put one in, and
-- acknowledge the one it holds the token of. Nothing else, and no payload can be read.
CREATE FUNCTION enqueue(
    p_message_id text, p_enqueue_key uuid, p_dedup_key text, p_queue text, p_actor text,
    p_priority smallint, p_delay_ms bigint, p_payload bytea
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    INSERT INTO message (message_id, enqueue_key, dedup_key, queue, actor, priority, state,
                         available_at, payload)
    SELECT p_message_id, p_enqueue_key, p_dedup_key, p_queue, p_actor, p_priority,
           CASE WHEN p_delay_ms > 0 THEN 'scheduled' ELSE 'ready' END,
           now() + p_delay_ms * interval '1 ms', p_payload
    ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION ack(p_id bigint, p_attempt integer, p_owner uuid)
RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH gone AS (
        DELETE FROM message
        WHERE id = p_id AND attempt = p_attempt AND lease_owner = p_owner AND state = 'leased'
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM gone)
$$;
