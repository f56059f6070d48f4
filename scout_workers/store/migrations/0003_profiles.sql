-- Profile versions that nobody can change, with the history of their states; and analyses that
-- somebody asked for: again, under another version, or only to compare two versions.

ALTER TABLE profile_versions
    -- What people call it by ("yard@3").
    ADD COLUMN number integer CHECK (number > 0),
    -- When a picture that shows no news is not paid for; NULL: never. Part of the content hash.
    ADD COLUMN skip_unchanged jsonb CHECK (jsonb_typeof(skip_unchanged) = 'object');
UPDATE profile_versions AS v
SET number = counted.number
FROM (
    SELECT id, row_number() OVER (PARTITION BY profile_id ORDER BY created_at, id) AS number
    FROM profile_versions
) AS counted
WHERE counted.id = v.id;
ALTER TABLE profile_versions
    ALTER COLUMN number SET NOT NULL,
    ADD UNIQUE (profile_id, number);

-- Which state a version went to, when, by whose hand and why. Written by the trigger below, so
-- that there is no way around it; never changed.
CREATE TABLE profile_changes (
    id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id    uuid NOT NULL,
    profile_version_id uuid NOT NULL,
    -- NULL: it was made.
    from_state         text CHECK (from_state IN ('draft', 'active', 'retired')),
    to_state           text NOT NULL CHECK (to_state IN ('draft', 'active', 'retired')),
    changed_by         text NOT NULL CHECK (changed_by <> ''),
    reason             text NOT NULL,
    changed_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    FOREIGN KEY (organization_id, profile_version_id)
        REFERENCES profile_versions (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX profile_changes_of_version ON profile_changes (profile_version_id, changed_at);

-- The contents of a version are what its analyses were paid for: no column but the state changes,
-- whatever columns there will be. Only what was never active may be deleted.
CREATE FUNCTION keep_profile_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'profile version % is no draft and is never deleted', OLD.id
                USING ERRCODE = 'restrict_violation', HINT = 'Retire it instead.';
        END IF;
        RETURN OLD;
    END IF;
    IF to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state' THEN
        RAISE EXCEPTION 'profile version % is never changed', OLD.id
            USING ERRCODE = 'restrict_violation', HINT = 'Make a new version instead.';
    END IF;
    IF NEW.state = 'draft' AND OLD.state <> 'draft' THEN
        RAISE EXCEPTION 'profile version % is never a draft again', OLD.id
            USING ERRCODE = 'restrict_violation', HINT = 'Retire it instead.';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_profile_version BEFORE UPDATE OR DELETE ON profile_versions
    FOR EACH ROW EXECUTE FUNCTION keep_profile_version();

-- Whose hand it was and why is told by the transaction (SET LOCAL scout.changed_by, scout.reason);
-- of a change past our own code the database's user is known at least.
CREATE FUNCTION note_profile_change() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO profile_changes
        (organization_id, profile_version_id, from_state, to_state, changed_by, reason)
    VALUES
        (NEW.organization_id, NEW.id, CASE TG_OP WHEN 'UPDATE' THEN OLD.state END, NEW.state,
         coalesce(nullif(current_setting('scout.changed_by', true), ''),
                  'database user ' || session_user),
         coalesce(current_setting('scout.reason', true), ''));
    RETURN NULL;
END
$$;
CREATE TRIGGER note_profile_made AFTER INSERT ON profile_versions
    FOR EACH ROW EXECUTE FUNCTION note_profile_change();
CREATE TRIGGER note_profile_change AFTER UPDATE OF state ON profile_versions
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION note_profile_change();

-- It goes with a draft that is thrown away (then the delete is a foreign key's), and never else.
CREATE FUNCTION keep_profile_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the history of profile versions is never changed'
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER keep_profile_changes BEFORE UPDATE OR DELETE ON profile_changes
    FOR EACH ROW EXECUTE FUNCTION keep_profile_changes();

ALTER TABLE analyses
    -- 'capture': the one its message asks for. 'rerun': somebody wants it once more, or under
    -- another version. 'eval': it only serves a comparison of versions, and nothing follows from it.
    ADD COLUMN origin text NOT NULL DEFAULT 'capture'
        CHECK (origin IN ('capture', 'rerun', 'eval')),
    -- What it was asked for as: the same wish never makes a second one.
    ADD COLUMN asked_as text CHECK (asked_as <> ''),
    ADD COLUMN asked_by text CHECK (asked_by <> ''),
    -- Which analysed capture a skipped one shows no news against.
    ADD COLUMN resembles_capture_id uuid,
    ADD CHECK ((origin = 'capture') = (asked_as IS NULL)),
    ADD CHECK ((asked_as IS NULL) = (asked_by IS NULL)),
    ADD CHECK (resembles_capture_id IS NULL OR state = 'skipped'),
    ADD FOREIGN KEY (organization_id, resembles_capture_id)
        REFERENCES captures (organization_id, id) ON DELETE SET NULL (resembles_capture_id);
CREATE UNIQUE INDEX analyses_asked_once ON analyses (capture_id, profile_version_id, asked_as)
    WHERE asked_as IS NOT NULL;
