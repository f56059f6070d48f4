"""Brokers on a migrated database of their own, and workers that are always stopped."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import dramatiq
import psycopg
import pytest
from dramatiq.middleware import AgeLimit, Callbacks, CurrentMessage, Pipelines, Retries
from dramatiq.results import ResultBackend, Results

from scout_workers.broker import EngineOptions, PostgresBroker, Pulse, migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fix_pgbouncer import Through
    from fix_postgres import MakeDatabase, Template

PATIENCE = 20.0


class MakeBroker(Protocol):
    """Makes a broker on the test's database; closed after the test."""

    def __call__(self, url: str | None = None, **options: Any) -> PostgresBroker: ...


@pytest.fixture(scope="session")
def broker_template(template: Template) -> str:
    """A database with the broker's tables, to be cloned."""

    def build(url: str) -> None:
        migrate(url)

    return template("broker", build)


@pytest.fixture
def broker_database(broker_template: str, make_database: MakeDatabase) -> str:
    """The URL of a fresh database with the broker's tables."""
    return make_database(broker_template)


@pytest.fixture(params=["direct", "pgbouncer"])
def broker_url(request: pytest.FixtureRequest, broker_database: str) -> str:
    """How brokers reach that database: straight, and through PgBouncer in transaction mode."""
    if request.param == "direct":
        return broker_database
    through: Through = request.getfixturevalue("through_pgbouncer")
    return through(broker_database, pool_size=4)


@pytest.fixture
def make_broker(broker_url: str) -> Iterator[MakeBroker]:
    """A maker of brokers with Dramatiq's usual middleware and quick retries."""
    with ExitStack() as stack:

        def make(url: str | None = None, **options: Any) -> PostgresBroker:
            options.setdefault("middleware", usual_middleware())
            options.setdefault("options", EngineOptions(pulse=Pulse(interval=0.5, dead_after=2.0)))
            broker = PostgresBroker(url or broker_url, **options)
            broker.declare_queue("default")
            dramatiq.set_broker(broker)
            stack.callback(broker.close)
            return broker

        yield make


@pytest.fixture
def broker(make_broker: MakeBroker) -> PostgresBroker:
    """A broker."""
    return make_broker()


def usual_middleware(*, max_retries: int = 3) -> list[dramatiq.Middleware]:
    """What Dramatiq adds by itself, less its time limit, with retries that come at once."""
    return [
        AgeLimit(),
        Callbacks(),
        Pipelines(),
        Retries(min_backoff=1, max_backoff=1, max_retries=max_retries),
        CurrentMessage(),
    ]


def keeping_results(backend: ResultBackend) -> Results:
    """The middleware that keeps every actor's result."""
    return Results(backend=backend, store_results=True)  # type: ignore[no-untyped-call]  # Dramatiq


@contextmanager
def working(broker: dramatiq.Broker, *, threads: int = 4) -> Iterator[dramatiq.Worker]:
    """Run a worker of this process for the block."""
    worker = dramatiq.Worker(broker, worker_timeout=100, worker_threads=threads)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop(timeout=10_000)


def rows(url: str, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Run a statement of the test's own and return its rows."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), parameters or None)
        return cursor.fetchall() if cursor.description else []


def steal(url: str) -> None:
    """Let somebody else, who is alive, rescue and claim whatever is under lease."""
    rows(
        url,
        "WITH thief AS (INSERT INTO scout_broker.worker (id, host, boot_id, pid_space, pid,"
        " pid_start, version, queues, threads, heartbeat_at)"
        " VALUES (gen_random_uuid(), 'elsewhere', '', '', 0, 0, '', '{}', 1,"
        " now() + interval '1 hour') RETURNING id) "
        "UPDATE scout_broker.message SET attempt = attempt + 1, lease_owner = thief.id "
        "FROM thief WHERE state = 'leased'",
    )


def eventually(condition: Callable[[], object], *, within: float = PATIENCE) -> None:
    """Wait until a condition holds; fail if it does not in time."""
    deadline = time.monotonic() + within
    pause = time.sleep  # between two looks at a table there is no event to wait for
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"it did not happen within {within:g} s")
        pause(0.02)
