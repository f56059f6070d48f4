-- The gates, with how long they are closed and what waits before them at most.
-- Up to Postgres 16 nothing can be subtracted from -infinity.
SELECT provider, model, extract(epoch FROM greatest(closed_until, now()) - now())::float8,
       CASE WHEN closed_until > now() THEN closed_reason END,
       extract(epoch FROM greatest(live_line, now()) - now())::float8,
       extract(epoch FROM greatest(backfill_line, now()) - now())::float8
FROM scout.provider_gates
ORDER BY provider, model
