"""What is written to the terminal: plain where it is not one, and never what a file name wants."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

import click
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

# A file or a pipe has no width: nothing is to be cut or folded for one.
_NO_TERMINAL_WIDTH = 10_000


def output() -> Console:
    """Return standard output; its tables fit the terminal, colours honour NO_COLOR."""
    return _console(stderr=False)


def messages() -> Console:
    """Return standard error: progress, and what is said beside the result."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _NO_TERMINAL_WIDTH
    return Console(stderr=stderr, width=width, highlight=False, emoji=False, markup=False)


def plain(value: object) -> str:
    """Return a value as text for one place on the screen.

    File names, camera names and models' words come from elsewhere: control characters, which
    could move the cursor or colour the screen, are shown as escapes.
    """
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S %Z").rstrip()
    if isinstance(value, list | tuple):
        return ", ".join(plain(item) for item in value) or "-"
    text = str(value)
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def cell(value: object, style: str = "") -> Text:
    """Return a value as rich prints it, no markup in it."""
    return Text(plain(value), style=style)


def print_json(data: object) -> None:
    """Write data to standard output as JSON, for programs."""
    click.echo(json.dumps(_jsonable(data), indent=2))


def _jsonable(data: object) -> object:
    if is_dataclass(data) and not isinstance(data, type):
        return _jsonable(asdict(data))
    if isinstance(data, dict):
        return _jsonable_mapping(data)
    if isinstance(data, list | tuple):
        return [_jsonable(item) for item in data]
    if isinstance(data, date):  # a datetime is one too
        return data.isoformat()
    if isinstance(data, Enum):
        return data.value
    return str(data) if isinstance(data, UUID) else data


def _jsonable_mapping(data: Mapping[object, object]) -> dict[str, object]:
    return {str(name): _jsonable(value) for name, value in data.items()}
