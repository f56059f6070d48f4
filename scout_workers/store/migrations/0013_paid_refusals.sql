-- A refusal, and an answer that broke off, answer nothing and are charged for: the call failed, and has its
-- receipt. Such a row keeps what came, for its retention, like any other that was paid for.
ALTER TABLE llm_calls DROP CONSTRAINT llm_calls_check3;
ALTER TABLE llm_calls ADD CONSTRAINT llm_calls_answer_of
    CHECK (raw_answer IS NULL OR status IN ('succeeded', 'in_doubt', 'failed'));
