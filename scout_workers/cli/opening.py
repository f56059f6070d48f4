"""How commands come to their settings and to the program."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from scout_workers import settings as values
from scout_workers.app import App, open_app
from scout_workers.cli.errors import Boundary, UsageMistakeError
from scout_workers.cli.place import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.settings import Settings


def load_settings() -> Settings:
    """Read the settings for the running command, and let the error boundary know them.

    Raises:
        SettingsError: They cannot be used.
        UsageMistakeError: The database's URL cannot even be read.
    """
    settings = values.load()
    boundary = click.get_current_context().find_object(Boundary)
    assert boundary is not None
    boundary.settings = settings
    place = place_of(settings)
    if not place.wellformed:
        # The URL is not repeated: its password is somewhere in it.
        raise UsageMistakeError(
            f"{place.setting} is no address of a database: write it like "
            "postgresql://user:password@host:5432/database, with every @ : / % # in the password "
            "as %40 %3A %2F %25 %23."
        )
    return settings


@contextmanager
def opened(*, migrate: bool = True) -> Iterator[App]:
    """Open the program for one command, and close it afterwards.

    Args:
        migrate: Whether to bring the database up to date first.

    Raises:
        SettingsError, AppError, EmbeddedError, MigrationError, psycopg.Error: As its parts raise.
    """
    with open_app(load_settings(), migrate=migrate, announce=announce) as app:
        yield app


def announce(sentence: str) -> None:
    """Tell on standard error what takes seconds."""
    click.echo(sentence, err=True)
