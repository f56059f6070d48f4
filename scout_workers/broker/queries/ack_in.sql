-- Acknowledge on the caller's transaction; false if the lease is somebody else's now.
SELECT {schema}.ack(%(id)s, %(attempt)s, %(owner)s)
