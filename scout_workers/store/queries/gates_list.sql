-- The gates, with how long they are closed what waits before them at most, and how
-- far their buckets are in debt.
-- Up to Postgres 16 nothing can be subtracted from -infinity.
SELECT provider, model, extract(epoch FROM greatest(closed_until, now()) - now())::float8,
       CASE WHEN closed_until > now() THEN closed_reason END,
       extract(epoch FROM greatest(live_line, now()) - now())::float8,
       extract(epoch FROM greatest(backfill_line, now()) - now())::float8,
       extract(epoch FROM greatest(requests_until, now()) - now())::float8,
       extract(epoch FROM greatest(tokens_until, now()) - now())::float8
FROM scout.provider_gates
ORDER BY provider, model
