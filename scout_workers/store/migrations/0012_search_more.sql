-- Summaries and insights can be found too: as with analyses, a trigger writes their texts with the
-- statement that makes them count, and takes them away with the one that ends that. A headline is the
-- first line of its text.

CREATE FUNCTION search_summary() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT NEW.current THEN
        DELETE FROM scout.search_texts
        WHERE organization_id = NEW.organization_id AND source_kind = 'summary'
          AND source_id = NEW.id;
        RETURN NULL;
    END IF;

    INSERT INTO scout.search_texts (organization_id, source_kind, source_id, camera_id, observed_at,
                                    severity, body, content_hash)
    SELECT NEW.organization_id, 'summary', NEW.id, NEW.camera_id, NEW.window_start, NEW.severity,
           t.body, sha256(convert_to(t.body, 'UTF8'))
    FROM (SELECT left(concat_ws(E'\n', NEW.headline, NEW.body), 4000) AS body) AS t;
    RETURN NULL;
END $$;

CREATE TRIGGER search_inserted AFTER INSERT ON summaries
    FOR EACH ROW WHEN (NEW.current) EXECUTE FUNCTION search_summary();
CREATE TRIGGER search_turned AFTER UPDATE OF current ON summaries
    FOR EACH ROW WHEN (NEW.current IS DISTINCT FROM OLD.current) EXECUTE FUNCTION search_summary();

-- An insight was to be seen when the first observation was that it cites, and is of their camera; of
-- the whole organization where they are of several. Without evidence there is nothing to be found.
CREATE FUNCTION search_insights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT NEW.current THEN
        DELETE FROM scout.search_texts
        WHERE organization_id = NEW.organization_id AND source_kind = 'insight'
          AND source_id IN (SELECT id FROM scout.insights WHERE run_id = NEW.id);
        RETURN NULL;
    END IF;

    INSERT INTO scout.search_texts (organization_id, source_kind, source_id, camera_id, observed_at,
                                    severity, body, content_hash)
    SELECT NEW.organization_id, 'insight', t.id, t.camera_id, t.observed_at, t.severity, t.body,
           sha256(convert_to(t.body, 'UTF8'))
    FROM (SELECT i.id, i.severity, left(concat_ws(E'\n', i.title, i.body), 4000) AS body,
                 min(c.captured_at) AS observed_at,
                 CASE WHEN count(DISTINCT c.camera_id) = 1 THEN min(c.camera_id::text)::uuid END
                     AS camera_id
          FROM scout.insights i
          JOIN scout.insight_evidence v ON v.insight_id = i.id
          JOIN scout.observations o ON o.id = v.observation_id
          JOIN scout.analyses a ON a.id = o.analysis_id
          JOIN scout.captures c ON c.id = a.capture_id
          WHERE i.run_id = NEW.id
          GROUP BY i.id) AS t;
    RETURN NULL;
END $$;

-- After the statement that completes a run, which writes its insights and their evidence too.
CREATE TRIGGER search_turned AFTER UPDATE OF current ON insight_runs
    FOR EACH ROW WHEN (NEW.current IS DISTINCT FROM OLD.current) EXECUTE FUNCTION search_insights();

-- What is deleted is found no more.
CREATE FUNCTION search_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM scout.search_texts
    WHERE organization_id = OLD.organization_id AND source_kind = TG_ARGV[0] AND source_id = OLD.id;
    RETURN NULL;
END $$;

CREATE TRIGGER search_deleted AFTER DELETE ON summaries
    FOR EACH ROW WHEN (OLD.current) EXECUTE FUNCTION search_forget('summary');
CREATE TRIGGER search_deleted AFTER DELETE ON insights
    FOR EACH ROW EXECUTE FUNCTION search_forget('insight');

-- What counted before it could be found.
INSERT INTO search_texts (organization_id, source_kind, source_id, camera_id, observed_at, severity,
                          body, content_hash)
SELECT t.organization_id, t.kind, t.id, t.camera_id, t.observed_at, t.severity, t.body,
       sha256(convert_to(t.body, 'UTF8'))
FROM (SELECT s.organization_id, 'summary' AS kind, s.id, s.camera_id, s.window_start AS observed_at,
             s.severity, left(concat_ws(E'\n', s.headline, s.body), 4000) AS body
      FROM summaries s
      WHERE s.current
      UNION ALL
      SELECT i.organization_id, 'insight', i.id,
             CASE WHEN count(DISTINCT c.camera_id) = 1 THEN min(c.camera_id::text)::uuid END,
             min(c.captured_at), i.severity, left(concat_ws(E'\n', i.title, i.body), 4000)
      FROM insights i
      JOIN insight_runs r ON r.id = i.run_id AND r.current
      JOIN insight_evidence v ON v.insight_id = i.id
      JOIN observations o ON o.id = v.observation_id
      JOIN analyses a ON a.id = o.analysis_id
      JOIN captures c ON c.id = a.capture_id
      GROUP BY i.id) AS t;
