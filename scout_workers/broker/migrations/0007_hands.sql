-- What operators do by hand while it runs, and who did what.

-- One row an act. `messages` is counted in the commits that do it, so it is right wherever an act
-- was killed; one that has no end was killed, or is going on.
CREATE TABLE operator_act (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    by       text NOT NULL,
    what     text NOT NULL,
    subject  text NOT NULL,
    details  jsonb NOT NULL DEFAULT '{}',
    messages bigint NOT NULL DEFAULT 0
);
CREATE INDEX operator_act_by_time ON operator_act (at);

-- A pause may say why, and end by itself. A process's own limit, instead of the one it was started
-- with.
ALTER TABLE queue_control
    ADD COLUMN paused_because text,
    ADD COLUMN paused_until timestamptz,
    ADD COLUMN process_limit integer CHECK (process_limit >= 0);

-- That a process be asked to leave: it reads so with its heartbeat.
ALTER TABLE worker
    ADD COLUMN drain_asked_at timestamptz,
    ADD COLUMN drain_asked_by text;

-- What killed a message, without what differs from one to the next: the first line of its error with
-- N for every number and every id in it. Here, so that it is the same wherever it is looked for.
CREATE FUNCTION cause(p_error text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        left(split_part(coalesce(p_error, ''), E'\n', 1), 300),
        '[0-9a-fA-F-]{16,}|[0-9]+', 'N', 'g')
$$;
