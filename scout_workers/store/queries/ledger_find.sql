-- The call of this request that is open or was answered: the partial unique index holds at most
-- one. Locked, so that a receipt coming in at this moment is waited for and seen.
SELECT id, status, lease_token, raw_answer, expires_at <= now(),
       extract(epoch FROM expires_at - now())::float8
FROM scout.llm_calls
WHERE request_key = %(request_key)s AND status IN ('started', 'succeeded')
FOR NO KEY UPDATE
