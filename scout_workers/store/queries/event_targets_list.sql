-- How each target is, with how much waits for it and was given up.
SELECT target, coalesce(health.failures, 0), health.blocked_until, health.last_error,
       coalesce(counted.pending, 0), coalesce(counted.dead, 0)
FROM (SELECT target,
             count(*) FILTER (WHERE state = 'pending') AS pending,
             count(*) FILTER (WHERE state = 'dead') AS dead
      FROM scout.event_deliveries
      WHERE state IN ('pending', 'dead')
      GROUP BY target) AS counted
FULL JOIN scout.event_targets AS health USING (target)
ORDER BY target
