"""`scout-workers queue limit`: how many of a queue's messages run at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.cli.console import plain
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.hand import hand
from scout_workers.cli.opening import opened
from scout_workers.cli.operating import broker_of
from scout_workers.cli.queue.known import in_progress, look_seconds, the_queue

if TYPE_CHECKING:
    from scout_workers.cli.queue.known import KnownQueue

_NONE = "none"
_MOST = 1_000_000


@click.command("limit")
@click.argument("queue")
@click.option("--fleet", metavar="N", help='Most in all processes together; "none": any number.')
@click.option(
    "--process", metavar="N", help='Most in each process; "none": as each was started with.'
)
@verbose_option
def command(*, queue: str, fleet: str | None, process: str | None) -> None:
    """Limit how many of a queue's messages run at once; what is not named stays.

    For example: scout-workers queue limit processing --fleet 10, or --fleet none.
    0 lets nothing run. No process runs more messages than it has threads, whatever its limit.
    """
    wanted = {
        name: _limit(name, text)
        for name, text in (("fleet", fleet), ("process", process))
        if text is not None
    }
    if not wanted:
        raise UsageMistakeError("Say which limit: --fleet N, --process N, or both.")
    with opened(migrate=False) as app:
        broker = broker_of(app)
        there = the_queue(app, broker, queue)
        name = plain(queue)
        if "fleet" in wanted:
            broker.controls.limit(queue, wanted["fleet"], hand())
            _tell_fleet(name, wanted["fleet"], there, look_seconds(app))
        if "process" in wanted:
            broker.controls.limit_process(queue, wanted["process"], hand())
            _tell_process(name, wanted["process"], there, app.settings.broker.heartbeat_seconds)
    if wanted.get("fleet") is not None or wanted.get("process") is not None:
        click.echo(f"What is above a limit is let go by itself: {in_progress(there)}.")


def _tell_fleet(name: str, most: int | None, there: KnownQueue, seconds: float) -> None:
    was = _NONE if there.fleet_limit is None else f"{there.fleet_limit:,}"
    now = "any number" if most is None else f"at most {most:,}"
    click.echo(
        f"{name}: {now} in the whole fleet (the limit was {was}), from each process's next look "
        f"on, within {seconds:g} s."
    )


def _tell_process(name: str, most: int | None, there: KnownQueue, seconds: float) -> None:
    own = "any number" if there.slots is None else f"{there.slots:,}"
    was = own if there.process_limit is None else f"{there.process_limit:,}"
    now = f"as it was started with, {own} here" if most is None else f"at most {most:,}"
    click.echo(
        f"{name}: {now} in each process (it was {was}), from its next heartbeat on, within "
        f"{seconds:g} s."
    )
    if most is not None and there.threads is not None and most > there.threads:
        click.echo(
            f"A process that serves it has no more than {there.threads:,} threads, for all its "
            "queues: to run more at once start it with more, scout-workers worker --threads N.",
            err=True,
        )


def _limit(name: str, text: str) -> int | None:
    if text.strip().lower() == _NONE:
        return None
    if not (text.isascii() and text.isdigit()) or int(text) > _MOST:
        raise UsageMistakeError(
            f'--{name}: {plain(text[:40])!r} is no limit: write a number from 0, or "{_NONE}".'
        )
    return int(text)
