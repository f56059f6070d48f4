-- How many captures, analyses and model calls stand in each state, and what the calls cost: whole
-- tables are counted on purpose, this is for a person who asks, not for a loop.
-- Captures that no worker has begun on yet have no analysis: they are "waiting".
SELECT 'captures' AS subject, state, count(*) AS count, NULL::bigint AS cost_microdollars
FROM scout.captures
GROUP BY state
UNION ALL
SELECT 'analyses', state, count(*), NULL
FROM scout.analyses
GROUP BY state
UNION ALL
SELECT 'analyses', 'waiting', count(*), NULL
FROM scout.captures c
WHERE NOT EXISTS (SELECT FROM scout.analyses a WHERE a.capture_id = c.id AND a.origin <> 'eval')
HAVING count(*) > 0
UNION ALL
SELECT 'calls', status, count(*), sum(cost_microdollars)::bigint
FROM scout.llm_calls
GROUP BY status
