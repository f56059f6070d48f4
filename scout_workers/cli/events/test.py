"""`scout-workers events test`: a target is tried out."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import click

from scout_workers.app.listeners import open_audience
from scout_workers.cli.errors import BAD_INPUT, DONE, UsageMistakeError, verbose_option
from scout_workers.cli.opening import load_settings
from scout_workers.domain.events import Event
from scout_workers.listeners.protocol import ListenerError
from scout_workers.settings.names import did_you_mean


@click.command("test")
@click.argument("target")
@verbose_option
def command(*, target: str) -> int:
    """Tell TARGET of an event of the kind "test", now, from this machine; no database is asked.

    Exits with 1 if it does not take it.
    """
    settings = load_settings()
    audience = open_audience(settings)
    if target not in audience.targets:
        known = settings.events.targets
        if target in known:
            raise UsageMistakeError(f"{target} is disabled in the settings.")
        raise UsageMistakeError(
            f"The settings name no target {target!r}{did_you_mean(target, known)}"
        )
    listener = audience.targets[target].listener
    event = Event(uuid4(), uuid4(), "test", uuid4(), {"headline": "A test"}, datetime.now(UTC))
    try:
        listener.tell(event)
    except ListenerError as error:
        click.echo(f"{listener.describe()} did not take it: {error.detail}.")
        return BAD_INPUT
    click.echo(f"{listener.describe()} took the event {event.id}.")
    return DONE
