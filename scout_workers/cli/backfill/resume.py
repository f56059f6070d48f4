"""`scout-workers backfill resume`: go on with a paused one, or change what holds it back."""

from __future__ import annotations

from typing import Any

import click

from scout_workers.backfilling import resume
from scout_workers.backfilling.choosing import zone_named
from scout_workers.cli import pausing
from scout_workers.cli.backfill.finding import backfill_of, one_or_all
from scout_workers.cli.backfill.options import changes, throttling
from scout_workers.cli.backfill.progress import look
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.hand import hand
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import short
from scout_workers.store import switches
from scout_workers.store.backfills import BackfillOverError


@click.command("resume")
@click.argument("id_", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help="End the pause of all work on history.")
@throttling
@verbose_option
def command(*, id_: str | None, everything: bool, **options: Any) -> None:
    """Go on with a backfill that is planned or paused; the options change what holds it back.

    They do so too for one that is running. One that was paused at its --until goes on without it,
    unless another is given. --all ends what `pause --all` began; a backfill that was paused by
    itself stays paused.
    """
    if one_or_all(id_, everything=everything) is None:
        _resume_all(options)
        return
    with opened() as app:
        backfill_id = backfill_of(app, str(id_))
        line = look(app, backfill_id)
        changed = changes(options, zone_named(line.time_zone))
        if line.state_reason == "until" and line.state == "paused":
            changed.setdefault("until", None)
        try:
            resume(app, backfill_id, by=hand(), throttle=changed)
        except BackfillOverError as error:
            raise UsageMistakeError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
        line = look(app, backfill_id)
    click.echo(
        f"Backfill {short(backfill_id)} is running: {line.settled:,} of {line.total:,} are done. "
        f"To watch it: scout-workers backfill status {short(backfill_id)} --watch"
    )


def _resume_all(options: dict[str, Any]) -> None:
    if any(value is not None for value in options.values()):
        raise UsageMistakeError("What holds a backfill back is its own: say its ID, not --all.")
    with opened(migrate=False) as app, app.store.transaction() as tx:
        said = pausing.resume(tx, switches.backfill(), "All work on history")
    click.echo(said)
