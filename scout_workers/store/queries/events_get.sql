-- One event by its id, broadcast or not, with the name of whose it is.
SELECT event.id, event.organization_id, event.kind, event.subject_id, event.payload,
       event.created_at, event.broadcast_at, organization.name
FROM scout.events AS event
JOIN scout.organizations AS organization ON organization.id = event.organization_id
WHERE event.id = %(id)s
