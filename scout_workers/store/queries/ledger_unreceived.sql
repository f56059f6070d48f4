-- Calls whose receipt may lie in the spool: nobody can still be at work on them, and they are recent. A
-- spooled receipt is written within minutes of its call or never.
SELECT id, lease_token FROM scout.llm_calls
WHERE received_at IS NULL
  AND ((status = 'started' AND expires_at <= now())
       OR (status = 'in_doubt' AND started_at > now() - %(days)s * interval '1 day'))
  AND id > %(after)s
ORDER BY id
LIMIT %(limit)s
