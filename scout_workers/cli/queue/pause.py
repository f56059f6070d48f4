"""`scout-workers queue pause`: nothing more is claimed from a queue."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from scout_workers.backfilling.moments import MomentError, ahead
from scout_workers.cli.console import plain
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.hand import hand
from scout_workers.cli.opening import opened
from scout_workers.cli.operating import broker_of
from scout_workers.cli.queue.known import in_progress, look_seconds, the_queue


@click.command("pause")
@click.argument("queue")
@click.option("--reason", required=True, help="Why; shown to whoever wonders why nothing moves.")
@click.option(
    "--until",
    metavar="WHEN",
    help="When it goes on by itself: a length of time (90m, 8h), the next time the clock here "
    "shows that (06:00), or a moment (2026-05-01T06:00). Default: when somebody resumes it.",
)
@verbose_option
def command(*, queue: str, reason: str, until: str | None) -> None:
    """Let workers claim nothing more of a queue; what they have comes to its end.

    For example: scout-workers queue pause events --reason "the CRM is down" --until 2h
    """
    moment = _moment(until)
    with opened(migrate=False) as app:
        broker = broker_of(app)
        there = the_queue(app, broker, queue)
        new = broker.controls.pause(queue, hand(), because=reason.strip(), until=moment)
        seconds = look_seconds(app)
    name = plain(queue)
    if not new:
        end = f" until {plain(there.paused_until)}" if there.paused_until else ""
        because = f": {plain(there.paused_because)}" if there.paused_because else ""
        click.echo(
            f"{name} was paused already, by {plain(there.paused_by)}{end}{because}. That is left "
            "as it is; to say otherwise, resume it first."
        )
        return
    goes_on = f"It goes on at {plain(moment)}, or with" if moment else "It goes on with"
    click.echo(
        f"{name} is paused. Nothing more of it is claimed after {seconds:g} s; "
        f"{in_progress(there)}, {there.ready:,} wait. {goes_on}: "
        f"scout-workers queue resume {name}"
    )


def _moment(until: str | None) -> datetime | None:
    if until is None:
        return None
    now = datetime.now(UTC)
    here = now.astimezone().tzinfo
    assert here is not None
    try:
        moment = ahead(until, here, now)
    except MomentError as error:
        raise UsageMistakeError(f"--until: {error}.") from error
    if moment <= now:
        raise UsageMistakeError(f"--until: {plain(moment)} is over already.")
    return moment
