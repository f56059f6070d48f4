-- Their images are gone by now; whatever was known of them before is no longer of use.
UPDATE scout.captures
SET state = 'expired', state_reason = NULL
WHERE id = ANY (%(ids)s) AND state <> 'expired'
