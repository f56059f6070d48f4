-- What each worker process has measured of its pools: how often a connection was borrowed, how long it
-- was waited for and held. One row a pool and process, of the installation and no organization's; what
-- a pool should be large is reckoned from them (docs/adr/0098).
CREATE TABLE pool_figures (
    process       uuid NOT NULL,
    pool          text NOT NULL CHECK (pool <> ''),
    host          text NOT NULL,
    pid           integer NOT NULL,
    -- From when to when it was measured.
    since         timestamptz NOT NULL,
    at            timestamptz NOT NULL,
    size          integer NOT NULL,
    in_use        integer NOT NULL,
    max_size      integer NOT NULL,
    checkouts     bigint NOT NULL,
    -- Altogether; and of the last few thousand, in seconds.
    wait_seconds  double precision NOT NULL,
    wait_p99      double precision NOT NULL,
    hold_seconds  double precision NOT NULL,
    hold_p99      double precision NOT NULL,
    -- Connections in use on average, over the busiest stretch between two reports.
    busiest       double precision NOT NULL,
    PRIMARY KEY (process, pool)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
