-- What an entry of the settings says. Its next time is kept unless it is another clock's by now, or
-- it has not run at all lately: then it begins anew. A pause is left alone, and so is a row that
-- says the same already.
INSERT INTO scout.schedules AS known
    (name, cron, time_zone, actor, arguments, misfire, enabled, next_at)
VALUES (%(name)s, %(cron)s, %(time_zone)s, %(actor)s, %(arguments)s, %(misfire)s, %(enabled)s,
        %(next_at)s)
ON CONFLICT (name) DO UPDATE
SET cron = excluded.cron, time_zone = excluded.time_zone, actor = excluded.actor,
    arguments = excluded.arguments, misfire = excluded.misfire, enabled = excluded.enabled,
    retired_at = NULL,
    next_at = CASE
        WHEN known.retired_at IS NULL AND known.enabled
             AND (known.cron, known.time_zone) = (excluded.cron, excluded.time_zone)
        THEN known.next_at ELSE excluded.next_at END
WHERE known.retired_at IS NOT NULL
   OR (known.cron, known.time_zone, known.actor, known.arguments, known.misfire, known.enabled)
      IS DISTINCT FROM
      (excluded.cron, excluded.time_zone, excluded.actor, excluded.arguments, excluded.misfire,
       excluded.enabled)
