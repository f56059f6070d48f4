-- The time zone an organization's cameras tell the time in.
SELECT time_zone FROM scout.organizations WHERE id = %(id)s::uuid
