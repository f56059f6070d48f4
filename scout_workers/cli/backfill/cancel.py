"""`scout-workers backfill cancel`: feed nothing more, for good."""

from __future__ import annotations

import click

from scout_workers.cli.backfill.halting import halted
from scout_workers.cli.errors import verbose_option
from scout_workers.domain.backfills import BackfillState


@click.command("cancel")
@click.argument("id_", metavar="ID")
@verbose_option
def command(*, id_: str) -> None:
    """Feed nothing more, for good; what is in flight is still done and counted.

    What was done stays done: a new backfill of the same selection takes up what is left.
    """
    halted(id_, BackfillState.CANCELLED, "What is left can be taken up by a new one.")
