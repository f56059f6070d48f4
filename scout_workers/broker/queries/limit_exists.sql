-- Whether a mark was left and still holds.
SELECT true FROM {schema}.rate_limit WHERE key = %(key)s AND expires_at > now()
