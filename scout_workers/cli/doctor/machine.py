"""Findings about this machine: settings, data folder, programs."""

from __future__ import annotations

import os
import platform
import shutil
from importlib.metadata import version
from typing import TYPE_CHECKING

from scout_workers import __version__
from scout_workers.cli.doctor.findings import ok, warn
from scout_workers.cli.words import size
from scout_workers.settings import describe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.app import App
    from scout_workers.cli.doctor.findings import Finding

_LITTLE_SPACE = 1_000_000_000


def settings(app: App) -> Iterator[Finding]:
    """Which sources the settings come from."""
    rows = describe(app.settings)
    files = dict.fromkeys(row.origin for row in rows if os.sep in row.origin)
    variables = dict.fromkeys(row.origin for row in rows if row.origin in os.environ and row.value)
    text = f"environment {app.settings.env!r}, from {', '.join(files)}"
    yield ok("settings", f"{text}; over them {', '.join(variables)}" if variables else text)


def data_folder(app: App) -> Iterator[Finding]:
    """Where the embedded Postgres and the blobs lie, and whether there is room."""
    folder = app.settings.data_dir
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(existing).free
    if not os.access(existing, os.W_OK | os.X_OK):
        yield warn(
            "data folder",
            f"{folder}: this user must not write there",
            "give it to this user, or set SCOUT_DATA_DIR to another folder",
        )
    elif free < _LITTLE_SPACE:
        yield warn(
            "data folder",
            f"{folder}: only {size(free)} free",
            "make room there, or set SCOUT_DATA_DIR to a folder on a larger disk",
        )
    else:
        yield ok("data folder", f"{folder}, {free / 1e9:.0f} GB free")


def programs(app: App) -> Iterator[Finding]:
    """Which versions run here."""
    del app
    yield ok(
        "programs",
        f"scout-workers {__version__}, Python {platform.python_version()}, "
        f"dramatiq {version('dramatiq')}, psycopg {version('psycopg')}",
    )
