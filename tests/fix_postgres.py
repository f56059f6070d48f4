"""A real Postgres for every test that asks: DATABASE_URL if it is set, else one of our own.

`postgres_url` is a superuser's URL, `empty_database` a fresh database that is gone after its test,
`make_database` makes more of them (from a template if one is named), `template` makes a database
once a run, for others to be cloned from.

All xdist workers of a run share one server. The controlling process makes its folder and, when
the run ends, stops the server and deletes it; if that process was killed, the next run does so.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from used_databases import UsedDatabases

from scout_workers import embedded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FOLDER_VARIABLE = "TESTS_POSTGRES_FOLDER"
_PREFIX = "scout-tests-postgres-"
_OWNER = "owner.lock"
_TEMPLATES = "templates"  # a file that is there once templates were made

# Speed for a server that nobody will miss; ask for a server of your own to test durability.
_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "10s",
}


class MakeDatabase(Protocol):
    """Makes a fresh database, gone after the test, and returns its URL."""

    def __call__(self, template: str | None = None) -> str: ...


class Template(Protocol):
    """Makes a template database once a run and returns its name, for `make_database`."""

    def __call__(self, name: str, build: Callable[[str], None]) -> str: ...


def database_url(server_url: str, database: str) -> str:
    """The URL of another database on the same server."""
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{database}"))


@contextmanager
def database_from(server_url: str, template: str | None = None) -> Iterator[str]:
    """A fresh database, cloned from `template` if one is named, dropped with its connections."""
    name = sql.Identifier(f"scout_test_{uuid4().hex}")
    source = sql.Identifier(template or "template0")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, source))
    try:
        yield database_url(server_url, name.as_string().strip('"'))
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a superuser on a real server."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with embedded.acquire(Path(os.environ[_FOLDER_VARIABLE]), options=_THROWAWAY) as server:
        _quickly_hashed(server.url)
        yield server.url


def _quickly_hashed(url: str) -> None:
    """Keep the password so that to check it is quick: it costs half of a connection otherwise."""
    password = conninfo_to_dict(url)["password"]
    with psycopg.connect(url) as connection:
        # One at a time: all processes of a run change the same row.
        connection.execute("SELECT pg_advisory_xact_lock(1)")
        connection.execute("SET LOCAL scram_iterations = 1")
        connection.execute(
            sql.SQL("ALTER ROLE CURRENT_USER PASSWORD {}").format(sql.Literal(password))
        )


@pytest.fixture(scope="session")
def postgres_version(postgres_url: str) -> int:
    """The server's major version."""
    with psycopg.connect(postgres_url) as connection:
        return connection.info.server_version // 10000


@pytest.fixture(scope="session")
def has_pgvector(postgres_url: str) -> bool:
    """Whether the server offers the extension `vector` (Debian's own Postgres does not)."""
    with psycopg.connect(postgres_url) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_available_extensions WHERE name = 'vector'",
        ).fetchone()
    return found is not None


@pytest.fixture
def empty_database(postgres_url: str) -> Iterator[str]:
    """The URL of a fresh, empty database."""
    with database_from(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def used_databases(postgres_url: str) -> Iterator[UsedDatabases]:
    """The databases this process cleans and uses again."""
    used = UsedDatabases(postgres_url)
    yield used
    used.close()


@pytest.fixture
def make_database(postgres_url: str, used_databases: UsedDatabases) -> Iterator[MakeDatabase]:
    """A maker of fresh databases."""
    with ExitStack() as stack:

        def make(template: str | None = None) -> str:
            if template is None:
                return stack.enter_context(database_from(postgres_url))
            name = used_databases.take(template)
            stack.callback(used_databases.give_back, name, template)
            return database_url(postgres_url, name)

        yield make


@pytest.fixture(scope="session")
def template(postgres_url: str) -> Template:
    """A maker of template databases, each built once for all xdist workers of the run."""

    def make(name: str, build: Callable[[str], None]) -> str:
        folder = Path(os.environ[_FOLDER_VARIABLE])
        (folder / _TEMPLATES).touch()
        full_name = _template_prefix(folder) + name
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [full_name])
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate",
                [full_name],
            ).fetchone():
                identifier = sql.Identifier(full_name)
                create = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(identifier)
                connection.execute(create)
                build(database_url(postgres_url, full_name))
                finish = sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(identifier)
                connection.execute(finish)
        return full_name

    return make


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's folder, once, in the process that controls it."""
    if hasattr(config, "workerinput"):
        return
    for abandoned in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        _clear_if_abandoned(abandoned)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    folder.chmod(0o711)  # as root, the server's own user must get through
    owner = (folder / _OWNER).open("w")
    fcntl.flock(owner, fcntl.LOCK_EX)
    os.environ[_FOLDER_VARIABLE] = str(folder)

    def end() -> None:
        _clear(folder)
        owner.close()

    config.add_cleanup(end)


def _clear_if_abandoned(folder: Path) -> None:
    """Clear up after a run that was killed: nobody holds its owner's lock any more."""
    try:
        with (folder / _OWNER).open("r+") as owner:
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _clear(folder)
    except (FileNotFoundError, BlockingIOError, PermissionError):
        return  # just being made or deleted, in use, or another user's


def _clear(folder: Path) -> None:
    _drop_templates(folder)
    if embedded.status(folder).state in {"running", "starting"}:
        embedded.acquire(folder).release()
    shutil.rmtree(folder, ignore_errors=True)


def _template_prefix(folder: Path) -> str:
    """Begins the names of this run's templates, on a server that other runs may share."""
    return f"scout_template_{folder.name.removeprefix(_PREFIX)}_"


def _drop_templates(folder: Path) -> None:
    """On a server that outlives us, leave no template behind."""
    url = os.environ.get("DATABASE_URL")
    if not url or not (folder / _TEMPLATES).exists():
        return
    with psycopg.connect(url, autocommit=True) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
            [_template_prefix(folder)],
        ).fetchall()
        for (name,) in names:
            identifier = sql.Identifier(name)
            connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(identifier))
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))
