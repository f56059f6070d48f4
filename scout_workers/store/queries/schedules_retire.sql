-- An entry that is gone from the settings: its row and its runs stay to be looked at.
UPDATE scout.schedules
SET retired_at = now()
WHERE retired_at IS NULL AND name <> ALL (%(names)s)
RETURNING name
