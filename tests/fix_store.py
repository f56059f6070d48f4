"""A store on a real database that has the store's and the broker's tables, and what lies in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from scout_workers import broker
from scout_workers.broker import Pool
from scout_workers.store import (
    MIGRATIONS,
    SCHEMA,
    Store,
    cameras,
    captures,
    organizations,
    profiles,
)
from scout_workers.store.captures import NewCapture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from fix_pgbouncer import Through
    from fix_postgres import MakeDatabase, Template

FIRST_MOMENT = datetime(2026, 6, 21, 4, 0, tzinfo=UTC)


def migrate(url: str) -> None:
    """Apply the broker's and the store's migrations."""
    broker.migrate(url)
    broker.Migrator(url, schema=SCHEMA, folder=MIGRATIONS).apply()


@pytest.fixture
def store_url(template: Template, make_database: MakeDatabase) -> str:
    """The URL of a fresh database with all tables of the broker and the store."""
    return make_database(template("store", migrate))


@pytest.fixture(params=["direct", "pgbouncer"])
def store_route(request: pytest.FixtureRequest, store_url: str) -> str:
    """How the store reaches that database: straight, and through PgBouncer as production does.

    A test that cuts server sessions by their number asks for the straight way: `straight`.
    """
    if request.param == "direct":
        return store_url
    through: Through = request.getfixturevalue("through_pgbouncer")
    return through(store_url, pool_size=10)


straight = pytest.mark.parametrize("store_route", ["direct"], indirect=True)


@pytest.fixture
def store_pool(store_route: str) -> Iterator[Pool]:
    """The application's pool, as the product makes it."""
    made = Pool(store_route, application_name="scout_app", max_size=10)
    yield made
    made.close()


@pytest.fixture
def store(store_pool: Pool) -> Store:
    return Store(store_pool)


class Database:
    """Looks into the database past the store, on a connection of its own; from any thread.

    Attributes:
        url: The database, without anything in between.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection = psycopg.connect(url, autocommit=True)

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(query.encode(), parameters)
        return cursor.fetchall() if cursor.description else []

    def value(self, query: str, *parameters: object) -> Any:  # noqa: ANN401 - a column's value
        return self.rows(query, *parameters)[0][0]

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    found = Database(store_url)
    yield found
    found.close()


@dataclass(frozen=True)
class Yard:
    """One camera with an active profile, and captures as many as are asked for."""

    store: Store
    organization_id: UUID
    camera_id: UUID

    def capture(self, number: int = 1) -> UUID:
        """Remember the capture of that number; they are a minute apart."""
        new = NewCapture(
            organization_id=self.organization_id,
            camera_id=self.camera_id,
            bucket="pictures",
            key=f"yard/{number:04}.jpg",
            captured_at=FIRST_MOMENT + timedelta(minutes=number),
            size_bytes=1000 + number,
            sha256=sha256(str(number).encode()).hexdigest(),
        )
        with self.store.transaction() as tx:
            capture_id = captures.insert(tx, new)
        assert capture_id is not None
        return capture_id


@pytest.fixture
def yard(store: Store) -> Yard:
    with store.transaction() as tx:
        organization_id = organizations.find_or_create(tx, "Acme")
        camera_id = cameras.find_or_create(tx, organization_id, "yard")
        profiles.ensure_active(
            tx,
            organization_id,
            camera_id,
            provider="counting",
            model="counting-v1",
            instructions="Anything unusual.",
        )
    return Yard(store, organization_id, camera_id)
