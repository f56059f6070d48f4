"""Two roles for the two pools: a capture goes all the way, and neither role can do more."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from fix_broker import eventually, rows
from fix_pictures import encoded, gradient

from scout_workers import messages, settings
from scout_workers.app import App
from scout_workers.app.urls import same_database
from scout_workers.broker import PostgresBroker
from scout_workers.store import cameras, captures, organizations, profiles
from scout_workers.store.captures import NewCapture

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLES = Path(__file__).parents[2] / "docs" / "roles.sql"
PASSWORD = "a-test-of-roles"  # noqa: S105  made for the test


def as_role(url: str, role: str) -> str:
    """The same database, as another user."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{PASSWORD}@{host}"))


@pytest.fixture
def database(empty_database: str, tmp_path: Path) -> str:
    """A database that its owner migrated and gave two roles to."""
    with App(settings.load(**chosen(empty_database, tmp_path))) as app:
        app.migrate()
    lock = (Path(os.environ["TESTS_POSTGRES_FOLDER"]) / "roles.lock").open("w")
    # Roles belong to the whole server, and two of these tests may run on it at once.
    with lock, psycopg.connect(empty_database, autocommit=True) as connection:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection.execute(ROLES.read_bytes())
        for role in ("scout_app", "scout_broker"):
            connection.execute(
                f"ALTER ROLE {role} PASSWORD '{PASSWORD.replace(chr(39), chr(39) * 2)}'".encode()
            )
    return empty_database


def chosen(url: str, folder: Path) -> dict[str, object]:
    return {"database_url": url, "data_dir": folder, "vector_search": False}


@contextmanager
def working(own: dict[str, str]) -> Iterator[None]:
    """The real command, as a person with these roles starts it."""
    threads = str(sum(settings.load(env="test").queues.values()))
    command = [sys.executable, "-m", "dramatiq", "scout_workers.worker", "-p", "1", "-t", threads]
    process = subprocess.Popen(command, env=os.environ | own, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def test_a_capture_is_analyzed_with_two_roles_that_own_nothing(
    database: str, tmp_path: Path
) -> None:
    own = {
        "DATABASE_URL": as_role(database, "scout_app"),
        "SCOUT_BROKER__URL": as_role(database, "scout_broker"),
        "SCOUT_DATA_DIR": str(tmp_path),
        "SCOUT_VECTOR_SEARCH": "false",
    }
    app = App(
        settings.load(
            **chosen(own["DATABASE_URL"], tmp_path), broker={"url": own["SCOUT_BROKER__URL"]}
        )
    )
    assert isinstance(app.broker, PostgresBroker)
    assert app.broker.joins
    image = encoded(gradient())
    blob = app.blobs.ref("one.jpg")
    app.blobs.write(blob, image, content_type="image/jpeg")
    with app.store.transaction() as tx:
        organization = organizations.find_or_create(tx, "roles")
        camera = cameras.find_or_create(tx, organization, "yard")
        profiles.ensure_active(
            tx, organization, camera, provider="local", model="local-vision-v1", instructions=""
        )
        capture = captures.insert(
            tx,
            NewCapture(
                organization_id=organization,
                camera_id=camera,
                bucket=blob.bucket,
                key=blob.key,
                captured_at=datetime.now(UTC),
                size_bytes=len(image),
                sha256=sha256(image).hexdigest(),
            ),
        )
        assert capture is not None
        messages.analyze_capture(capture).send(tx)
    app.close()
    with working(own):
        done = "SELECT state FROM scout.analyses"
        eventually(lambda: rows(database, done) == [("completed",)], within=60)
        eventually(lambda: not rows(database, "SELECT id FROM scout_broker.message"))


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("scout_app", "SELECT payload FROM scout_broker.message"),
        ("scout_app", "UPDATE scout_broker.message SET lease_owner = NULL"),
        ("scout_app", "DELETE FROM scout_broker.worker"),
        ("scout_app", "CREATE TABLE scout.mine (n int)"),
        ("scout_broker", "SELECT headline FROM scout.analyses"),
        ("scout_broker", "DELETE FROM scout.captures"),
    ],
)
def test_neither_role_can_do_the_others_work(database: str, role: str, statement: str) -> None:
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with psycopg.connect(as_role(database, role)) as connection, refused:
        connection.execute(statement.encode())


def test_one_database_is_recognised_under_two_users() -> None:
    assert same_database("postgresql://a:x@h:1/d", "postgresql://b@h:1/d?sslmode=disable")
    assert not same_database("postgresql://a@h:1/d", "postgresql://a@h:1/e")
    assert not same_database("postgresql://a@h:1/d", "postgresql://a@h:2/d")
