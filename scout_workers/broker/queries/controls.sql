-- Everything operators have said of queues, less the pauses that are over.
SELECT c.queue,
       CASE WHEN p.holds THEN c.paused_at END, CASE WHEN p.holds THEN c.paused_by END,
       c.global_limit,
       CASE WHEN p.holds THEN c.paused_because END, CASE WHEN p.holds THEN c.paused_until END,
       c.process_limit
FROM {schema}.queue_control c
CROSS JOIN LATERAL (
    SELECT c.paused_at IS NOT NULL AND (c.paused_until IS NULL OR c.paused_until > now()) AS holds
) p
ORDER BY c.queue
