-- Tokens that were taken from the bucket by estimate and not used, or used beyond it.
UPDATE scout.provider_gates
SET tokens_until = tokens_until - %(seconds)s * interval '1 second'
WHERE provider = %(provider)s AND model = ''
