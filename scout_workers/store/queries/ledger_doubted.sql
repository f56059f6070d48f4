-- Calls of this request of which nobody knows how they ended: an answer may lie in the spool.
SELECT id, lease_token FROM scout.llm_calls
WHERE request_key = %(request_key)s AND status = 'in_doubt' AND received_at IS NULL
ORDER BY started_at DESC
LIMIT 5
