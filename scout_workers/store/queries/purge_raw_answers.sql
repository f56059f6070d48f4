-- What models said, word for word, goes with its age; that they were asked, and what it cost, stays.
UPDATE scout.llm_calls
SET raw_answer = ''
WHERE id IN (
    SELECT id
    FROM scout.llm_calls
    WHERE raw_answer <> '' AND received_at < now() - make_interval(secs => %(age)s)
    ORDER BY received_at
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED)
