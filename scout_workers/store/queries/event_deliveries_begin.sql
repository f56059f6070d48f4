-- What is still to be told, with how long its target is to be left alone.
SELECT event.id, event.organization_id, event.kind, event.subject_id, event.payload,
       event.created_at, event.broadcast_at, organization.name,
       delivery.event_at, delivery.attempts,
       extract(epoch FROM now() - delivery.created_at),
       greatest(extract(epoch FROM target.blocked_until - now()), 0)
FROM scout.event_deliveries AS delivery
JOIN scout.events AS event ON event.id = delivery.event_id
JOIN scout.organizations AS organization ON organization.id = event.organization_id
LEFT JOIN scout.event_targets AS target ON target.target = delivery.target
WHERE delivery.event_id = %(event_id)s AND delivery.target = %(target)s
  AND delivery.state = 'pending'
