-- Two roles for the two pools, so that neither can do the other's work: run once by the owner of a
-- migrated database (psql -f docs/roles.sql), again after every upgrade, then give each a password:
--
--     ALTER ROLE scout_app PASSWORD '…';  ALTER ROLE scout_broker PASSWORD '…';
--
--     DATABASE_URL=postgresql://scout_app:…@host/scout
--     SCOUT_BROKER__URL=postgresql://scout_broker:…@host/scout
--
-- Migrations stay the owner's: run `scout-workers migrate` with the owner's DATABASE_URL. PgBouncer
-- pools connections by user, so with two roles the broker is never starved by the application.

DO $$ BEGIN CREATE ROLE scout_app LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE scout_broker LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;

-- The application: everything on its own tables; of messages, it may send one and acknowledge the
-- one it holds the token of, in its own transaction. It reads no payload and touches no lease.
GRANT USAGE ON SCHEMA scout, scout_broker TO scout_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA scout TO scout_app;
GRANT SELECT ON scout_broker.migration TO scout_app;
GRANT EXECUTE ON FUNCTION scout_broker.enqueue, scout_broker.ack TO scout_app;

-- The broker: everything on messages, nothing on business tables.
GRANT USAGE ON SCHEMA scout_broker TO scout_broker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA scout_broker TO scout_broker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA scout_broker TO scout_broker;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA scout_broker TO scout_broker;

REVOKE EXECUTE ON FUNCTION scout_broker.enqueue, scout_broker.ack FROM PUBLIC;

-- What a session of ours never needs longer than; a forgotten transaction must not hold locks.
ALTER ROLE scout_app SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE scout_app SET statement_timeout = '30s';
ALTER ROLE scout_broker SET idle_in_transaction_session_timeout = '15s';
ALTER ROLE scout_broker SET statement_timeout = '15s';
