-- Whether a call for this request is open or was answered.
SELECT EXISTS (
    SELECT FROM scout.llm_calls
    WHERE request_key = %(request_key)s AND status IN ('started', 'succeeded')
)
