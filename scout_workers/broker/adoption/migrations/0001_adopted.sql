-- What was adopted from a table in another database and is not yet deleted there. A note is written
-- in the commit that makes the message, so that a run that goes on after a cut finds it though the
-- message may have been worked off and be gone; it is deleted after the row over there.
CREATE TABLE adopted (
    key uuid PRIMARY KEY,
    at  timestamptz NOT NULL DEFAULT now()
);
