-- An answer that was found in the spool is the request's answer after all, where no other call is open
-- or paid by now; else its receipt stays a late one.
UPDATE scout.llm_calls AS c
SET status = 'succeeded'
WHERE c.id = %(id)s AND c.status = 'in_doubt' AND c.received_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM scout.llm_calls AS o
                  WHERE o.request_key = c.request_key AND o.status IN ('started', 'succeeded'))
