-- The commit of a refusal need not wait for the disk, so that a crowd that is refused does not keep it from
-- those that were let in: nothing is lost with it but a reason. The transaction's own.
SELECT set_config('synchronous_commit', 'off', true)
