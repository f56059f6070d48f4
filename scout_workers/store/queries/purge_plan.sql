-- What a purge would take now, counted up to a bound: a table of millions is not counted to its end.
SELECT kind, count(*), min(at)
FROM (
    (SELECT 'raw answers' AS kind, received_at AS at FROM scout.llm_calls
     WHERE %(raw_answers)s > 0 AND raw_answer <> ''
       AND received_at < now() - make_interval(secs => %(raw_answers)s)
     LIMIT %(bound)s)
    UNION ALL
    (SELECT 'events', created_at FROM scout.events AS event
     WHERE %(events)s > 0 AND created_at < now() - make_interval(secs => %(events)s)
       AND broadcast_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM scout.event_deliveries
                       WHERE event_id = event.id AND state = 'pending')
     LIMIT %(bound)s)
    UNION ALL
    (SELECT 'schedule runs', created_at FROM scout.schedule_runs
     WHERE %(schedule_runs)s > 0
       AND created_at < now() - make_interval(secs => %(schedule_runs)s)
       AND sent_at IS NOT NULL
     LIMIT %(bound)s)
    UNION ALL
    (SELECT 'captures', received_at FROM scout.captures AS capture
     WHERE %(captures)s > 0 AND state <> 'expired'
       AND received_at < now() - make_interval(secs => %(captures)s)
       AND NOT EXISTS (SELECT FROM scout.analyses
                       WHERE capture_id = capture.id
                         AND state IN ('pending', 'running', 'deferred'))
     LIMIT %(bound)s)
) AS due
GROUP BY kind
