"""Who keeps vacuum from the broker's tables is named, once, and to every role."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from fix_broker import eventually, rows

from scout_workers.broker import Health, PostgresBroker
from scout_workers.broker.pruner import Pruner
from scout_workers.broker.vacuum import Holder, VacuumGuard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_pgbouncer import MakePgBouncer

    from scout_workers.broker.database import Database


@pytest.fixture
def database(broker: PostgresBroker) -> Database:
    """The broker's statements."""
    return broker.outbox.database


@contextmanager
def an_old_snapshot(url: str) -> Iterator[int]:
    """A session that holds one; its pid."""
    with psycopg.connect(url, application_name="a report") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SELECT 'of the night'")
        yield connection.info.backend_pid


def kill_rows(url: str, guard: VacuumGuard, count: int) -> None:
    """Make dead rows, and wait until the server's statistics have them."""
    dead = guard.look().dead
    rows(
        url,
        "INSERT INTO scout_broker.result (key, payload, expires_at) "
        "SELECT gen_random_uuid(), '', now() + interval '1 day' FROM generate_series(1, %s)",
        count,
    )
    rows(url, "DELETE FROM scout_broker.result")
    eventually(lambda: guard.look().dead >= dead + count)


def test_the_holder_is_named_once_while_dead_rows_grow(
    database: Database, broker_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    guard = VacuumGuard(database, held_seconds=0, few=100)
    with an_old_snapshot(broker_database) as pid:
        kill_rows(broker_database, guard, 60)
        guard.run_once()
        assert caplog.text == ""  # so few are not worth a word
        kill_rows(broker_database, guard, 60)
        guard.run_once()
        (warning,) = caplog.messages
        user = urlsplit(broker_database).username
        assert f"held back by session {pid} of {user!r} (a report), idle in transaction" in warning
        assert f"pg_terminate_backend({pid})" in warning
        assert "of the night" not in warning  # statements may hold what no log should
        kill_rows(broker_database, guard, 60)
        guard.run_once()
        assert len(caplog.messages) == 1
    with an_old_snapshot(broker_database) as another:
        kill_rows(broker_database, guard, 60)
        guard.run_once()
        assert f"session {another} " in caplog.messages[1]


def test_a_holder_is_no_trouble_while_nothing_dies_or_before_its_time(
    database: Database, broker_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    patient = VacuumGuard(database, held_seconds=300, few=0)
    guard = VacuumGuard(database, held_seconds=0, few=0)
    with an_old_snapshot(broker_database):
        kill_rows(broker_database, guard, 10)
        patient.run_once()
        assert caplog.messages == []
        guard.run_once()
        assert len(caplog.messages) == 1
    with an_old_snapshot(broker_database):
        guard.run_once()  # as many dead rows as before
        assert len(caplog.messages) == 1


def test_a_transaction_that_wrote_holds_back_what_is_younger_though_it_has_no_snapshot(
    database: Database, broker_database: str
) -> None:
    with psycopg.connect(broker_database, application_name="a forgotten one") as connection:
        (xid,) = connection.execute("SELECT pg_current_xact_id()::text").fetchone() or (None,)
        ((before,),) = rows(broker_database, "SELECT age(%s::xid)", xid)
        oldest = VacuumGuard(database).look().oldest
        ((after,),) = rows(broker_database, "SELECT age(%s::xid)", xid)
        assert oldest is not None
        assert oldest.name == str(connection.info.backend_pid)
        assert oldest.state == "idle in transaction"
        assert oldest.idle_seconds is not None
        # Other databases of the server draw from the same ids.
        assert 1 <= before <= oldest.behind <= after


def test_the_settings_of_the_hot_tables_are_in_force(database: Database) -> None:
    tables = {table.name: table for table in VacuumGuard(database).look().tables}
    assert tables["message"].due_at == 5000
    assert "autovacuum_vacuum_cost_delay=0" in tables["message"].settings
    assert tables["dead_message"].due_at == 1000
    assert tables["queue_control"].settings == []
    assert tables["queue_control"].due_at == 50  # the server's own
    assert tables["message"].index_bytes > 0


def test_a_role_that_is_shown_little_still_learns_who_it_is(
    broker_database: str, pgbouncer: MakePgBouncer
) -> None:
    role = f"watcher_{uuid4().hex[:12]}"
    rows(broker_database, f"CREATE ROLE {role} LOGIN PASSWORD '{role}'")
    rows(broker_database, f"GRANT USAGE ON SCHEMA scout_broker TO {role}")
    rows(broker_database, f"GRANT SELECT ON ALL TABLES IN SCHEMA scout_broker TO {role}")
    parts = urlsplit(pgbouncer(broker_database, pool_size=2, users={role: role}))
    host = parts.netloc.rpartition("@")[2]
    url = urlunsplit(parts._replace(netloc=f"{role}:{role}@{host}"))
    with closing(PostgresBroker(url, middleware=[])) as broker:
        with an_old_snapshot(broker_database) as pid:
            report = Health(broker.outbox.database, dead_after=15, keep_dead=None).look().vacuum
        oldest = report.oldest
    assert (report.server.role, report.server.sees_all) == (role, False)
    assert oldest is not None
    assert (oldest.name, oldest.application_name) == (str(pid), "a report")
    assert oldest.who
    assert oldest.xid is not None
    assert (oldest.state, oldest.open_seconds, oldest.query) == (None, None, None)
    rows(broker_database, f"DROP OWNED BY {role}")
    rows(broker_database, f"DROP ROLE {role}")


def test_slots_and_prepared_transactions_are_ended_otherwise_than_sessions() -> None:
    slot = Holder("slot", "standby", None, None, "inactive", None, None, "700", 9, None)
    assert str(slot) == "the inactive replication slot 'standby'"
    assert "pg_drop_replication_slot('standby')" in slot.remedy
    prepared = Holder("prepared", "two", None, "app", None, 4000.0, None, "700", 9, None)
    assert str(prepared) == "the prepared transaction 'two' of 'app'"
    assert "ROLLBACK PREPARED 'two'" in prepared.remedy


def test_the_pruner_has_a_look_with_its_first_round_and_not_with_each(database: Database) -> None:
    pruner = Pruner(database)
    pruner.run_once()
    looked_at = pruner._guarded_at
    assert looked_at > 0
    pruner.run_once()
    assert pruner._guarded_at == looked_at
