"""Options that the commands of a backfill share: which captures, and what holds it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import click

from scout_workers.backfilling import Wanted
from scout_workers.backfilling.moments import MomentError, ahead
from scout_workers.cli.errors import UsageMistakeError
from scout_workers.domain.backfills import Throttle, Which

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

Command = TypeVar("Command", bound="Callable[..., object]")

_DOLLAR = 1_000_000
_WHEN = "a date (2026-05-01), a moment ('2026-05-01 06:00') or how long ago (36h, 7d)"
_MOST_IDS = 1_000_000


def selecting(command: Command) -> Command:
    """Give a command the options that say which captures are wanted."""
    for option in reversed(
        (
            click.option("--organization", help="Whose captures. Default: the only one there is."),
            click.option("--camera", help="Only those of the camera of this name."),
            click.option("--from", "since", metavar="WHEN", help=f"Taken then or later: {_WHEN}."),
            click.option("--to", "before", metavar="WHEN", help="Taken before then, likewise."),
            click.option(
                "--missing",
                "which",
                flag_value=Which.MISSING.value,
                default=True,
                help="Those that have no analysis. This is the default.",
            ),
            click.option(
                "--failed",
                "which",
                flag_value=Which.FAILED.value,
                help="Those whose latest analysis failed: each gets another run.",
            ),
            click.option(
                "--older",
                "which",
                flag_value=Which.OLDER.value,
                help="Those that only an older version of their camera's profile has looked at.",
            ),
            click.option(
                "--sample",
                type=click.IntRange(min=1, max=_MOST_IDS),
                metavar="N",
                help="Only N of them, as good as at random, and the same N each time.",
            ),
            click.option(
                "--ids",
                "ids_file",
                type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
                metavar="FILE",
                help="Only the captures whose ids stand in FILE, one a line; - is standard input.",
            ),
        )
    ):
        command = option(command)
    return command


def throttling(command: Command) -> Command:
    """Give a command the options that say what holds a backfill back."""
    for option in reversed(
        (
            click.option(
                "--max-in-flight",
                type=click.IntRange(min=1, max=100_000),
                metavar="N",
                help="The most of its captures in the broker or at work. Default: 200.",
            ),
            click.option(
                "--rate",
                type=click.FloatRange(min=0, min_open=True),
                metavar="N",
                help="The most captures a minute.",
            ),
            click.option(
                "--max-cost",
                type=click.FloatRange(min=0),
                metavar="DOLLARS",
                help="Pause before the next capture might cost more than this in all.",
            ),
            click.option(
                "--until",
                metavar="WHEN",
                help="Pause at this moment: the next time the clock shows it (06:00), in so long "
                "(8h), or '2026-05-01 06:00'.",
            ),
            click.option(
                "--yield-at",
                type=click.IntRange(min=1, max=1000),
                metavar="N",
                help="Feed nothing while N messages wait where live captures and their events "
                "do, half as much while half as many do. Default: four times the slots of the "
                "live queue.",
            ),
        )
    ):
        command = option(command)
    return command


def wanted(options: dict[str, Any]) -> Wanted:
    """Take the options of `selecting` out of what a command was given.

    Raises:
        UsageMistakeError: The file of ids cannot be read.
    """
    file: Path | None = options.pop("ids_file")
    return Wanted(
        organization=options.pop("organization"),
        camera=options.pop("camera"),
        since=options.pop("since"),
        before=options.pop("before"),
        which=Which(options.pop("which")),
        sample=options.pop("sample"),
        ids=None if file is None else _ids(file),
    )


def changes(options: dict[str, Any], zone: tzinfo) -> dict[str, Any]:
    """Return the fields of `Throttle` that the options of `throttling` name.

    Raises:
        UsageMistakeError: A moment cannot be read.
    """
    found = {name: options[name] for name in ("max_in_flight", "rate", "yield_at")}
    if (dollars := options["max_cost"]) is not None:
        found["max_cost"] = round(dollars * _DOLLAR)
    if (until := options["until"]) is not None:
        try:
            found["until"] = ahead(until, zone)
        except MomentError as error:
            raise UsageMistakeError(f"--until: {error}") from error
    return {name: value for name, value in found.items() if value is not None}


def throttle(options: dict[str, Any], zone: tzinfo, *, live_slots: int) -> Throttle:
    """Return what holds a new backfill back."""
    return Throttle(**{"yield_at": 4 * live_slots} | changes(options, zone))


def _ids(file: Path) -> tuple[UUID, ...]:
    found = []
    with click.open_file(str(file), encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            text = line.partition("#")[0].strip()
            if not text:
                continue
            try:
                found.append(UUID(text))
            except ValueError as error:
                raise UsageMistakeError(
                    f"{file}, line {number}: {text[:40]!r} is no id of a capture; write one a line,"
                    " as `scout-workers captures list --json` shows them"
                ) from error
            if len(found) > _MOST_IDS:
                raise UsageMistakeError(f"{file} names more than {_MOST_IDS:,} captures")
    if not found:
        raise UsageMistakeError(f"{file} names no capture")
    return tuple(found)
