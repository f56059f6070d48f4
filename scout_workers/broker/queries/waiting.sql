-- Whether a queue has anything left to do.
SELECT EXISTS (SELECT FROM {schema}.message WHERE queue = %(queue)s)
