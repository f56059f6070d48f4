-- The calls made for one analysis, summary or other subject, in the order they were made.
SELECT id, purpose, provider, model, served_model, status, started_at, received_at, settled_at,
       latency_ms, input_tokens, output_tokens, cached_tokens, cost_microdollars, price_source,
       error_class, error_detail
FROM scout.llm_calls
WHERE subject_id = %(subject_id)s::uuid
ORDER BY started_at, id
