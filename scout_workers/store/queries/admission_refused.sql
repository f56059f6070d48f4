-- The commit of a refusal need not wait for the disk, so that a crowd that is refused does not keep a gate
-- locked for as long: nothing is lost with it but a place in a line and a reason. The transaction's own.
SELECT set_config('synchronous_commit', 'off', true)
