-- Who was told of what, newest events first.
SELECT delivery.event_id, event.kind, organization.name, delivery.target, delivery.state,
       delivery.attempts, delivery.created_at, delivery.next_try_at, delivery.settled_at,
       delivery.last_error
FROM scout.event_deliveries AS delivery
JOIN scout.events AS event ON event.id = delivery.event_id
JOIN scout.organizations AS organization ON organization.id = event.organization_id
WHERE (%(state)s::text IS NULL OR delivery.state = %(state)s)
  AND (%(target)s::text IS NULL OR delivery.target = %(target)s)
  AND (%(organization)s::text IS NULL OR organization.name = %(organization)s)
  AND (%(event_id)s::uuid IS NULL OR delivery.event_id = %(event_id)s)
ORDER BY delivery.created_at DESC, delivery.target
LIMIT %(limit)s
