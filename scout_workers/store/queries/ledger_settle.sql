-- A call that ended without an answer, or of which nobody knows how it ended. What has its receipt
-- is left as it is. A refusal is paid all the same: then this is its receipt, with what came, its usage
-- and its cost.
UPDATE scout.llm_calls
SET status = %(status)s, settled_at = now(), error_class = %(error_class)s,
    error_detail = %(error_detail)s,
    served_model = %(served_model)s, provider_request_id = %(request_id)s,
    input_tokens = %(input_tokens)s, output_tokens = %(output_tokens)s,
    cached_tokens = %(cached_tokens)s, cost_microdollars = %(cost_microdollars)s,
    price_source = %(price_source)s, latency_ms = %(latency_ms)s,
    raw_answer = %(raw)s, received_at = CASE WHEN %(raw)s::text IS NOT NULL THEN now() END
WHERE id = %(id)s AND status = 'started'
RETURNING organization_id, local_day, provider, model, reserved_microdollars, reserved_tokens
