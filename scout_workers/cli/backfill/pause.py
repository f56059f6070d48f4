"""`scout-workers backfill pause`: feed nothing more until it is resumed."""

from __future__ import annotations

import click

from scout_workers.cli.backfill.halting import halted
from scout_workers.cli.errors import verbose_option
from scout_workers.domain.backfills import BackfillState


@click.command("pause")
@click.argument("id_", metavar="ID")
@verbose_option
def command(*, id_: str) -> None:
    """Feed nothing more until it is resumed; what is in flight is still done and counted."""
    halted(id_, BackfillState.PAUSED, "Go on with it: scout-workers backfill resume {name}")
