-- Whose hand changes the states of versions until this transaction ends, and why: the trigger that
-- writes the history reads it.
SELECT set_config('scout.changed_by', %(changed_by)s, true),
       set_config('scout.reason', %(reason)s, true)
