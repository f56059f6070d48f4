"""Who paused what, and how it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.oncall.why.answers import Answer, State
from scout_workers.store.switches import THE_PROVIDER

if TYPE_CHECKING:
    from scout_workers.store.switches import Pause


def paused(pause: Pause) -> Answer:
    """Say that a pause is why, and how it is ended."""
    what, command = _of(pause)
    return Answer(
        State.PAUSED,
        f"{what} is paused by {pause.paused_by} since {pause.paused_at:%Y-%m-%d %H:%M %Z}: "
        f"{pause.reason}",
        f"mend the key, then: {command}" if pause.paused_by == THE_PROVIDER else command,
    )


def _of(pause: Pause) -> tuple[str, str]:
    if pause.kind == "backfill":
        return "history", "scout-workers backfill resume --all"
    if pause.kind == "provider":
        name = f"{pause.provider}/{pause.model}" if pause.model else str(pause.provider)
        return f"the provider {name}", f"scout-workers provider resume {name}"
    if pause.kind == "camera":
        return (
            f"the camera {pause.camera}",
            f"scout-workers camera resume {pause.camera} --organization {pause.organization}",
        )
    return (
        f"the organization {pause.organization}",
        f"scout-workers organization resume {pause.organization}",
    )
