-- Passes a gate, or takes a place in the line before it: GCRA over requests and over tokens, in one
-- statement that locks one row, and commits by itself: what was passed stays passed though the begin is
-- rolled back. The bucket may be in debt by its slack; history may be so by less, and waits until the live
-- line has been let in, so that it has what live work leaves. A place in the line is a moment to come
-- again, one spacing after the last that was given, so that a crowd does not come at once; it holds
-- nothing for whoever does not come. Database clock, read once the lock is held.
WITH gate AS (
    SELECT g.* FROM scout.provider_gates AS g
    WHERE g.provider = %(provider)s AND g.model = %(model)s
    FOR NO KEY UPDATE
),
judged AS MATERIALIZED (
    SELECT clock.at,
           greatest(
               gate.closed_until,
               CASE WHEN %(request_seconds)s::float8 > 0 THEN
                    gate.requests_until - %(request_slack)s * interval '1 second' END,
               CASE WHEN %(token_seconds)s::float8 > 0 THEN
                    gate.tokens_until - %(token_slack)s * interval '1 second' END,
               CASE WHEN %(lane)s = 'backfill' THEN gate.live_line END
           ) AS opens_at,
           CASE %(lane)s WHEN 'backfill' THEN gate.backfill_line ELSE gate.live_line END AS line
    FROM gate, LATERAL (SELECT clock_timestamp() AS at OFFSET 0) AS clock
),
placed AS MATERIALIZED (
    SELECT at, opens_at <= at AS passed,
           -- Of a line longer than the longest there may be, the end is not one moment.
           least(greatest(line, opens_at, at) + %(spacing)s * interval '1 second',
                 greatest(opens_at, at)
                     + %(longest)s * (0.5 + random() / 2) * interval '1 second') AS place
    FROM judged
),
written AS (
    UPDATE scout.provider_gates AS g
    SET requests_until = CASE WHEN placed.passed AND %(request_seconds)s::float8 > 0
            THEN greatest(g.requests_until, placed.at)
                 + %(request_seconds)s * interval '1 second'
            ELSE g.requests_until END,
        tokens_until = CASE WHEN placed.passed AND %(token_seconds)s::float8 > 0
            THEN greatest(g.tokens_until, placed.at) + %(token_seconds)s * interval '1 second'
            ELSE g.tokens_until END,
        live_line = CASE WHEN placed.passed OR %(lane)s = 'backfill' THEN g.live_line
            ELSE greatest(g.live_line, placed.place) END,
        backfill_line = CASE WHEN placed.passed OR %(lane)s <> 'backfill' THEN g.backfill_line
            ELSE greatest(g.backfill_line, placed.place) END
    FROM placed
    WHERE g.provider = %(provider)s AND g.model = %(model)s
)
SELECT passed, extract(epoch FROM place - at)::float8 FROM placed
