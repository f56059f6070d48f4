"""The queues there are: those of the settings, those that hold anything, those that are served."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from scout_workers.cli.console import plain
from scout_workers.cli.errors import UsageMistakeError

if TYPE_CHECKING:
    from datetime import datetime

    from scout_workers.app import App
    from scout_workers.app.operating import PostgresBroker


@dataclass(frozen=True, slots=True)
class KnownQueue:
    """A queue as an operator sees it.

    Attributes:
        slots: How many of its messages a process may hold, by the settings; None: not in them.
        process_limit: What was said instead of that; None: nothing.
        fleet_limit: How many the whole fleet may work on; None: any number.
        processes: How many worker processes serve it.
        threads: How many threads the smallest of them has; None: there is none.
    """

    queue: str
    ready: int
    scheduled: int
    leased: int
    dead: int
    oldest_ready_seconds: float | None
    slots: int | None
    process_limit: int | None
    fleet_limit: int | None
    processes: int
    threads: int | None
    paused_at: datetime | None
    paused_by: str | None
    paused_because: str | None
    paused_until: datetime | None


def known(app: App, broker: PostgresBroker) -> list[KnownQueue]:
    """List the queues there are, those of the settings first and in their order."""
    holds = {each.queue: each for each in broker.queue_stats()}
    said = {each.queue: each for each in broker.controls.all()}
    workers = [each for each in broker.workers() if not each.draining]
    serving = {name for worker in workers for name in worker.queues}
    slots = app.settings.queues
    found = []
    for name in dict.fromkeys((*slots, *sorted({*holds, *said, *serving}))):
        held, control = holds.get(name), said.get(name)
        threads = [worker.threads for worker in workers if name in worker.queues]
        found.append(
            KnownQueue(
                name,
                ready=held.ready if held else 0,
                scheduled=held.scheduled if held else 0,
                leased=held.leased if held else 0,
                dead=held.dead if held else 0,
                oldest_ready_seconds=held.oldest_ready_seconds if held else None,
                slots=slots.get(name),
                process_limit=control.process_limit if control else None,
                fleet_limit=control.global_limit if control else None,
                processes=len(threads),
                threads=min(threads, default=None),
                paused_at=control.paused_at if control else None,
                paused_by=control.paused_by if control else None,
                paused_because=control.paused_because if control else None,
                paused_until=control.paused_until if control else None,
            )
        )
    return found


def the_queue(app: App, broker: PostgresBroker, name: str) -> KnownQueue:
    """Return the queue of that name.

    Raises:
        UsageMistakeError: There is none.
    """
    there = {each.queue: each for each in known(app, broker)}
    if name not in there:
        near = get_close_matches(name, there, n=1)
        meant = f" Did you mean {plain(near[0])}?" if near else ""
        raise UsageMistakeError(
            f"There is no queue {plain(name)!r}; there are: {plain(list(there))}.{meant}"
        )
    return there[name]


def look_seconds(app: App) -> float:
    """Return the seconds within which every process has had its next look."""
    return app.settings.broker.max_poll_interval_ms / 1000


def in_progress(queue: KnownQueue) -> str:
    """Say what becomes of the messages that are being worked on."""
    if not queue.leased:
        return "none of its messages is being worked on"
    if queue.leased == 1:
        return "1 message is being worked on and comes to its end"
    return f"{queue.leased:,} messages are being worked on and come to their end"
