"""`scout-workers backfill pause`: feed nothing more until it is resumed."""

from __future__ import annotations

import click

from scout_workers.cli import pausing
from scout_workers.cli.backfill.finding import one_or_all
from scout_workers.cli.backfill.halting import halted
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.domain.backfills import BackfillState
from scout_workers.store import switches


@click.command("pause")
@click.argument("id_", metavar="[ID]", required=False)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="All work on history, in flight and to come: the kill switch.",
)
@pausing.reason_option
@verbose_option
def command(*, id_: str | None, everything: bool, reason: str) -> None:
    """Feed nothing more until it is resumed; what is in flight is still done and counted.

    With --all nothing is asked of a model for history any more, by any backfill, one that is begun
    later included: what is in flight is deferred, and calls under way come to their end. Live
    captures go on. No retry is spent and nothing is lost; `resume --all` ends it.
    """
    if one_or_all(id_, everything=everything) is not None:
        halted(
            str(id_), BackfillState.PAUSED, "Go on with it: scout-workers backfill resume {name}"
        )
        return
    with opened(migrate=False) as app, app.store.transaction() as tx:
        said = pausing.pause(tx, switches.backfill(), "All work on history", reason)
    click.echo(said)
