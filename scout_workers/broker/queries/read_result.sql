-- A message's result, if it is there and has not expired; what is due to be pruned is not there.
SELECT payload FROM {schema}.result WHERE key = %(key)s AND expires_at > now()
