"""The schedule of the settings, and who looks at the clock for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers import messages
from scout_workers.domain.schedules import Entry, Misfire
from scout_workers.scheduling import Scheduler, synchronise
from scout_workers.settings import SettingsError

if TYPE_CHECKING:
    from dramatiq import Broker

    from scout_workers.settings import Settings
    from scout_workers.store import Store

__all__ = ["Scheduler", "check", "entries", "open_scheduler", "synchronise"]


def open_scheduler(settings: Settings, store: Store) -> Scheduler:
    """Make a scheduler that looks as often as the settings say."""
    own = settings.cron
    return Scheduler(
        store,
        look_seconds=own.look_seconds,
        grace_seconds=own.grace_seconds,
        most_misfires=own.most_misfires,
    )


def entries(settings: Settings) -> list[Entry]:
    """Return the schedule the settings have."""
    return [
        Entry(
            name=name,
            cron=entry.cron,
            time_zone=entry.time_zone,
            actor=entry.actor,
            arguments=entry.arguments,
            misfire=Misfire(entry.misfire),
            enabled=entry.enabled,
        )
        for name, entry in settings.schedule.items()
    ]


def check(settings: Settings, broker: Broker) -> None:
    """Refuse a schedule that would send messages nobody here can do anything with.

    Raises:
        SettingsError: An entry names what is no actor of the queue `scheduled`.
    """
    queue = messages.SCHEDULED
    known = {each.actor_name for each in broker.actors.values() if each.queue_name == queue}
    mistakes = [
        f"schedule.toml: schedule.{name}.actor: {entry.actor} is no actor of the queue {queue}; "
        f"there are: {', '.join(sorted(known)) or 'none'}"
        for name, entry in settings.schedule.items()
        if entry.actor not in known
    ]
    if mistakes:
        raise SettingsError(*mistakes)
