-- The paid answer, before anybody parses it. A call that was given up meanwhile stays in_doubt and
-- keeps the answer beside its cost: a late receipt, so that what was paid twice says so itself.
-- Safe to repeat: the same answer again changes nothing, and only the first one is settled in budgets.
WITH open AS (
    SELECT id, received_at IS NULL AS first FROM scout.llm_calls
    WHERE id = %(id)s FOR NO KEY UPDATE
)
UPDATE scout.llm_calls AS c
SET status = CASE c.status WHEN 'in_doubt' THEN 'in_doubt' ELSE 'succeeded' END,
    settled_at = coalesce(c.settled_at, now()),
    received_at = coalesce(c.received_at, now()),
    raw_answer = %(raw)s,
    served_model = %(served_model)s,
    provider_request_id = %(request_id)s,
    input_tokens = %(input_tokens)s,
    output_tokens = %(output_tokens)s,
    cached_tokens = %(cached_tokens)s,
    cost_microdollars = %(cost_microdollars)s,
    price_source = %(price_source)s,
    latency_ms = %(latency_ms)s
FROM open
WHERE c.id = open.id
  AND c.lease_token = %(lease_token)s
  AND c.status IN ('started', 'succeeded', 'in_doubt')
  AND (c.raw_answer IS NULL OR c.raw_answer = %(raw)s)
RETURNING c.status = 'succeeded', open.first, c.organization_id, c.local_day, c.provider, c.model,
          c.reserved_microdollars, c.reserved_tokens,
          EXISTS (SELECT FROM scout.provider_gates AS g
                  WHERE g.provider = c.provider AND g.model = c.model AND g.closings > 0)
