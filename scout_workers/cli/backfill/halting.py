"""Stopping a backfill, and saying what still comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.backfilling import halt
from scout_workers.cli.backfill.finding import backfill_of
from scout_workers.cli.backfill.progress import look
from scout_workers.cli.errors import UsageMistakeError
from scout_workers.cli.hand import hand
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import short
from scout_workers.store.backfills import BackfillOverError

if TYPE_CHECKING:
    from scout_workers.domain.backfills import BackfillState


def halted(prefix: str, state: BackfillState, next_words: str) -> None:
    """Pause or cancel the backfill whose id begins so.

    Raises:
        UsageMistakeError: There is none, or it is over.
    """
    with opened() as app:
        backfill_id = backfill_of(app, prefix)
        try:
            halt(app, backfill_id, state, by=hand())
        except BackfillOverError as error:
            raise UsageMistakeError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
        line = look(app, backfill_id)
    flying = sum(line.in_flight.values())
    still = f", and {flying:,} in flight will still be done" if flying else ""
    click.echo(
        f"Backfill {short(backfill_id)} is {state}: {line.settled:,} of {line.total:,} are done"
        f"{still}. {next_words.format(name=short(backfill_id))}"
    )
