-- What can be found by its words: one row a text, written with it by a trigger, so that whoever
-- writes texts need not know of search. All that a search filters by stands in the row: an index
-- can use it, and nothing is joined before the best rows are known.

CREATE TABLE search_texts (
    organization_id uuid NOT NULL,
    -- What it is, and the row it is of: an observation; of a headline, the analysis.
    source_kind     text NOT NULL
                    CHECK (source_kind IN ('observation', 'headline', 'summary', 'insight')),
    source_id       uuid NOT NULL,
    -- NULL: of the whole organization.
    camera_id       uuid,
    -- The picture it is of, and what looked at it; of summaries and insights there is none.
    capture_id      uuid,
    analysis_id     uuid,
    -- When it was to be seen (captured_at), or when the time it sums up began.
    observed_at     timestamptz NOT NULL,
    severity        text NOT NULL CHECK (severity IN ('info', 'notice', 'warning', 'critical')),
    body            text NOT NULL CHECK (body <> ''),
    -- The same text is the same vector: it is asked for once.
    content_hash    bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    words           tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('english', body)) STORED,
    PRIMARY KEY (organization_id, source_kind, source_id),
    FOREIGN KEY (organization_id, camera_id) REFERENCES cameras (organization_id, id),
    FOREIGN KEY (organization_id, capture_id)
        REFERENCES captures (organization_id, id) ON DELETE CASCADE,
    CHECK ((capture_id IS NULL) = (analysis_id IS NULL))
);
-- Rare words are found by the first of these; the newest texts of an organization, or of one of its
-- cameras, by the others, where a word is so frequent that they hold it soon.
-- Without fastupdate: a pending list makes one finish in thousands wait for all the others' words.
CREATE INDEX search_texts_words ON search_texts USING gin (words) WITH (fastupdate = off);
CREATE INDEX search_texts_by_time ON search_texts (organization_id, observed_at);
CREATE INDEX search_texts_by_camera_time ON search_texts (organization_id, camera_id, observed_at);
-- What goes when a capture is looked at again, or deleted.
CREATE INDEX search_texts_of_capture ON search_texts (organization_id, capture_id)
    WHERE capture_id IS NOT NULL;

-- A completed analysis says what its picture shows now: its headline and observations take the
-- place of an earlier analysis' texts. What is only tried or compared says nothing yet.
CREATE FUNCTION search_analysis() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.origin = 'eval' OR EXISTS (SELECT FROM scout.profile_versions
               WHERE id = NEW.profile_version_id AND state = 'draft') THEN
        RETURN NULL;
    END IF;

    DELETE FROM scout.search_texts
    WHERE organization_id = NEW.organization_id AND capture_id = NEW.capture_id;

    INSERT INTO scout.search_texts (organization_id, source_kind, source_id, camera_id, capture_id,
                                    analysis_id, observed_at, severity, body, content_hash)
    SELECT NEW.organization_id, t.kind, t.id, c.camera_id, c.id, NEW.id, c.captured_at, t.severity,
           t.body, sha256(convert_to(t.body, 'UTF8'))
    FROM (SELECT 'headline' AS kind, NEW.id AS id, NEW.severity AS severity, NEW.headline AS body
          UNION ALL
          SELECT 'observation', o.id, o.severity, o.body
          FROM scout.observations o
          WHERE o.analysis_id = NEW.id) AS t
    JOIN scout.captures c ON c.id = NEW.capture_id
    WHERE t.body <> '';
    RETURN NULL;
END $$;

-- After the statement that completes it, which writes the observations too.
CREATE TRIGGER search_inserted AFTER INSERT ON analyses
    FOR EACH ROW WHEN (NEW.headline IS NOT NULL) EXECUTE FUNCTION search_analysis();
CREATE TRIGGER search_completed AFTER UPDATE OF headline ON analyses
    FOR EACH ROW WHEN (NEW.headline IS NOT NULL AND NEW.headline IS DISTINCT FROM OLD.headline)
    EXECUTE FUNCTION search_analysis();

-- What was completed before there was a search: the last completed analysis of each capture.
INSERT INTO search_texts (organization_id, source_kind, source_id, camera_id, capture_id,
                          analysis_id, observed_at, severity, body, content_hash)
SELECT a.organization_id, t.kind, t.id, c.camera_id, c.id, a.id, c.captured_at, t.severity, t.body,
       sha256(convert_to(t.body, 'UTF8'))
FROM (SELECT DISTINCT ON (capture_id) * FROM analyses
      WHERE state = 'completed' AND origin <> 'eval'
      ORDER BY capture_id, settled_at DESC, id) AS a
JOIN captures c ON c.id = a.capture_id
CROSS JOIN LATERAL (SELECT 'headline' AS kind, a.id AS id, a.severity AS severity, a.headline AS body
                    UNION ALL
                    SELECT 'observation', o.id, o.severity, o.body
                    FROM observations o
                    WHERE o.analysis_id = a.id) AS t
WHERE t.body <> '';
