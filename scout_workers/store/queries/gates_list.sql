-- The gates, with how long they are closed and what waits before them at most.
SELECT provider, model, greatest(extract(epoch FROM closed_until - now()), 0)::float8,
       CASE WHEN closed_until > now() THEN closed_reason END,
       greatest(extract(epoch FROM live_line - now()), 0)::float8,
       greatest(extract(epoch FROM backfill_line - now()), 0)::float8
FROM scout.provider_gates
ORDER BY provider, model
