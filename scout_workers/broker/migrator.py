"""Plain numbered SQL files, each applied once, in its own transaction, by one process at a time."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from .errors import ChangedMigrationError, MigrationError, NewerDatabaseError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from importlib.resources.abc import Traversable

    from .pool import Connection

_FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of a folder of migrations."""

    version: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """The sha256 of the file, by which a later edit is noticed."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class MigrationRow:
    """One migration and when it was applied; None: it is pending."""

    schema: str
    series: str
    version: int
    name: str
    applied_at: datetime | None


class Migrator:
    """Brings one schema up to date with one folder of files.

    Args:
        dsn: Where; a connection of its own is used, through PgBouncer too.
        schema: The schema the files' unqualified names are created in.
        folder: Files named 0001_some_words.sql.
        series: The folder's name in the schema's table of applied migrations.
        application_name: How the connection shows in pg_stat_activity.
    """

    def __init__(
        self,
        dsn: str,
        *,
        schema: str,
        folder: Traversable,
        series: str = "core",
        application_name: str = "scout_migrate",
    ) -> None:
        self._dsn = dsn
        self._schema = schema
        self._series = series
        self._application_name = application_name
        self._migrations = _read(folder)

    def apply(self, announce: Callable[[Migration], None] = lambda _: None) -> int:
        """Apply what is pending, safe against any number of others doing the same.

        Args:
            announce: Called with each migration before it runs.

        Returns:
            How many were applied by this call.

        Raises:
            ChangedMigrationError: An applied file has changed.
            NewerDatabaseError: The database is ahead of this release.
            MigrationError: A file failed; nothing of it remains.
        """
        applied = 0
        with self._connect() as connection:
            while self._apply_next(connection, announce):
                applied += 1
        return applied

    def status(self) -> list[MigrationRow]:
        """List every migration with the time it was applied.

        Raises:
            ChangedMigrationError: An applied file has changed.
            NewerDatabaseError: The database is ahead of this release.
        """
        with self._connect() as connection:
            done = self._applied(connection)
        return [
            MigrationRow(self._schema, self._series, m.version, m.name, done.get(m.version))
            for m in self._migrations
        ]

    def _apply_next(
        self, connection: Connection, announce: Callable[[Migration], None]
    ) -> Migration | None:
        with connection.transaction():
            # A lock of the transaction, not of the session: PgBouncer may give the next
            # transaction another server connection.
            connection.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"migrate {self._schema}"],
            )
            done = self._applied(connection)
            pending = next((m for m in self._migrations if m.version not in done), None)
            if pending is None:
                return None
            announce(pending)
            self._run(connection, pending)
            return pending

    def _run(self, connection: Connection, migration: Migration) -> None:
        schema = sql.Identifier(self._schema)
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema))
        connection.execute(
            sql.SQL(
                "CREATE TABLE IF NOT EXISTS {}.migration (series text, version int, "
                "name text NOT NULL, checksum text NOT NULL, "
                "applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (series, version))"
            ).format(schema)
        )
        connection.execute(sql.SQL("SET LOCAL search_path = {}, public, pg_temp").format(schema))
        try:
            connection.execute(migration.text.encode())
        except psycopg.Error as error:
            raise MigrationError(
                f"migration {migration.version:04} {migration.name} of {self._schema} failed: "
                f"{error}"
            ) from error
        connection.execute(
            sql.SQL(
                "INSERT INTO {}.migration (series, version, name, checksum) VALUES (%s, %s, %s, %s)"
            ).format(schema),
            [self._series, migration.version, migration.name, migration.checksum],
        )

    def _applied(self, connection: Connection) -> dict[int, datetime]:
        table = f"{self._schema}.migration"
        exists = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [table]).fetchone()
        if exists is None or not exists[0]:
            return {}
        rows = connection.execute(
            sql.SQL(
                "SELECT version, checksum, applied_at FROM {}.migration WHERE series = %s"
            ).format(sql.Identifier(self._schema)),
            [self._series],
        ).fetchall()
        self._verify({version: checksum for version, checksum, _ in rows})
        return {version: applied_at for version, _, applied_at in rows}

    def _verify(self, checksums: dict[int, str]) -> None:
        known = {migration.version: migration for migration in self._migrations}
        if newer := sorted(checksums.keys() - known.keys()):
            raise NewerDatabaseError(
                f"schema {self._schema} is at version {newer[-1]}, this release knows "
                f"{max(known, default=0)}: upgrade scout_workers, or point it at its own database"
            )
        for version, checksum in checksums.items():
            if known[version].checksum != checksum:
                raise ChangedMigrationError(
                    f"migration {version:04} {known[version].name} of {self._schema} was edited "
                    "after it was applied: restore the file and put the change in a new one"
                )

    def _connect(self) -> Connection:
        return psycopg.connect(
            self._dsn,
            autocommit=True,
            prepare_threshold=None,
            application_name=self._application_name,
            connect_timeout=5,
        )


def _read(folder: Traversable) -> list[Migration]:
    migrations = []
    for file in folder.iterdir():
        if not file.name.endswith(".sql"):
            continue
        match = _FILE_NAME.fullmatch(file.name)
        if match is None:
            raise MigrationError(f"{file.name}: a migration is named like 0001_some_words.sql")
        migrations.append(Migration(int(match[1]), match[2], file.read_text("utf-8")))
    migrations.sort(key=lambda migration: migration.version)
    for number, migration in enumerate(migrations, start=1):
        if migration.version != number:
            raise MigrationError(f"migration {number:04} is missing or there twice")
    return migrations
