from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from fix_pgbouncer import MakePgBouncer


def ask_in_a_thread(client: psycopg.Connection) -> threading.Event:
    answered = threading.Event()

    def ask() -> None:
        if client.execute("SELECT 1").fetchone() == (1,):
            answered.set()

    threading.Thread(target=ask, name="waiting-client", daemon=True).start()
    return answered


def test_many_clients_share_few_server_connections(
    pgbouncer: MakePgBouncer,
    empty_database: str,
) -> None:
    pooled = pgbouncer(empty_database, pool_size=2)
    clients = [psycopg.connect(pooled, prepare_threshold=None) for _ in range(8)]
    backends = set()
    for client in clients:
        with client:
            row = client.execute("SELECT pg_backend_pid()").fetchone()
            assert row is not None
            backends.add(row[0])
    assert len(backends) <= 2


def test_it_pools_transactions_and_loses_session_state(
    pgbouncer: MakePgBouncer,
    empty_database: str,
) -> None:
    """Control for every rule about PgBouncer: what a session sets, another transaction finds."""
    pooled = pgbouncer(empty_database, pool_size=1)
    with (
        psycopg.connect(pooled, autocommit=True) as one,
        psycopg.connect(pooled, autocommit=True) as other,
    ):
        one.execute("SET work_mem = '7MB'")
        assert other.execute("SHOW work_mem").fetchone() == ("7MB",)
        modes = {pool["database"]: pool["pool_mode"] for pool in pooled.admin("SHOW POOLS")}
        assert modes[one.info.dbname] == "transaction"


def test_further_roles_log_in_with_their_passwords(
    pgbouncer: MakePgBouncer,
    empty_database: str,
) -> None:
    role = f"role_{threading.get_native_id()}"
    with psycopg.connect(empty_database, autocommit=True) as owner:
        owner.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'word'".encode())
        try:
            pooled = pgbouncer(empty_database, users={role: "word"})
            with psycopg.connect(pooled, user=role, password="word") as connection:  # noqa: S106  made here
                assert connection.execute("SELECT current_user").fetchone() == (role,)
        finally:
            owner.execute(f"DROP ROLE {role}".encode())


def test_a_killed_one_breaks_its_clients_and_comes_back_on_the_same_port(
    pgbouncer: MakePgBouncer,
    empty_database: str,
) -> None:
    pooled = pgbouncer(empty_database)
    with psycopg.connect(pooled, autocommit=True) as client:
        client.execute("SELECT 1")
        pooled.kill()
        with pytest.raises(psycopg.OperationalError):
            client.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(pooled)
    pooled.start()
    with psycopg.connect(pooled) as client:
        assert client.execute("SELECT 1").fetchone() == (1,)


def test_a_stopped_one_leaves_its_clients_waiting_until_it_goes_on(
    pgbouncer: MakePgBouncer,
    empty_database: str,
) -> None:
    pooled = pgbouncer(empty_database)
    with psycopg.connect(pooled, autocommit=True) as client:
        pooled.stop()
        answered = ask_in_a_thread(client)
        assert not answered.wait(0.2)
        pooled.cont()
        assert answered.wait(10)


def test_a_paused_one_lets_a_client_wait_and_then_serves_it(
    pgbouncer: MakePgBouncer,
    empty_database: str,
) -> None:
    pooled = pgbouncer(empty_database)
    with psycopg.connect(pooled, autocommit=True) as client:
        pooled.pause()
        answered = ask_in_a_thread(client)
        assert not answered.wait(0.2)
        pooled.resume()
        assert answered.wait(10)
