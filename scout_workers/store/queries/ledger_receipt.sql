-- The paid answer, before anybody parses it. A call that was given up meanwhile stays in_doubt and
-- keeps the answer beside its cost: a late receipt, so that what was paid twice says so itself.
-- Safe to repeat: the same answer again changes nothing.
UPDATE scout.llm_calls
SET status = CASE status WHEN 'in_doubt' THEN 'in_doubt' ELSE 'succeeded' END,
    settled_at = coalesce(settled_at, now()),
    received_at = coalesce(received_at, now()),
    raw_answer = %(raw)s,
    served_model = %(served_model)s,
    provider_request_id = %(request_id)s,
    input_tokens = %(input_tokens)s,
    output_tokens = %(output_tokens)s,
    cached_tokens = %(cached_tokens)s,
    cost_microdollars = %(cost_microdollars)s,
    price_source = %(price_source)s,
    latency_ms = %(latency_ms)s
WHERE id = %(id)s
  AND lease_token = %(lease_token)s
  AND status IN ('started', 'succeeded', 'in_doubt')
  AND (raw_answer IS NULL OR raw_answer = %(raw)s)
RETURNING status = 'succeeded'
