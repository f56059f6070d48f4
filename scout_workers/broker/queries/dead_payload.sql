-- What one dead message carries, for a person to look at.
SELECT payload FROM {schema}.dead_message WHERE id = %(id)s
