"""Who paused what, and how it goes on. Names are other people's: a command has them quoted."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from scout_workers.store.switches import THE_PROVIDER

if TYPE_CHECKING:
    from scout_workers.store.switches import Pause


def what(pause: Pause) -> str:
    """Name what is paused: "the camera yard"."""
    if pause.kind == "backfill":
        return "history"
    if pause.kind == "provider":
        return f"the provider {pause.provider}/{pause.model}".removesuffix("/None")
    return f"the {pause.kind} {pause.camera or pause.organization}"


def why(pause: Pause) -> str:
    """Say that it is paused, by whom, since when and why."""
    return f"paused by {pause.paused_by} since {pause.paused_at:%Y-%m-%d %H:%M %Z}: {pause.reason}"


def command(pause: Pause) -> str:
    """Say what ends it."""
    if pause.kind == "backfill":
        return "scout-workers backfill resume --all"
    if pause.kind == "provider":
        name = quote(f"{pause.provider}/{pause.model}".removesuffix("/None"))
        resume = f"scout-workers provider resume {name}"
        return f"mend the key, then: {resume}" if pause.paused_by == THE_PROVIDER else resume
    whose = quote(str(pause.organization))
    if pause.kind == "camera":
        return f"scout-workers camera resume {quote(str(pause.camera))} --organization {whose}"
    return f"scout-workers organization resume {whose}"
