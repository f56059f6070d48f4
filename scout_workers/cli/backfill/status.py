"""`scout-workers backfill status`: how far backfills are."""

from __future__ import annotations

import click

from scout_workers import messages
from scout_workers.cli.backfill.finding import (
    all_paused,
    backfill_of,
    say_all_paused,
    say_giving_way,
)
from scout_workers.cli.backfill.progress import look, watch
from scout_workers.cli.backfill.report import show_backfill
from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import STOPPED, verbose_option
from scout_workers.cli.opening import opened
from scout_workers.store import backfill_reports


@click.command("status")
@click.argument("id_", metavar="[ID]", required=False)
@click.option("--watch", "watching", is_flag=True, help="Show it as it goes, until it is over.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, id_: str | None, watching: bool, as_json: bool) -> int | None:
    """Show how far a backfill is, what is in flight, and what holds it back.

    ID may be abbreviated to its first digits; without it the latest that is active is shown, else
    the latest.
    """
    with opened(migrate=False) as app:
        if id_ is not None:
            backfill_id = backfill_of(app, id_)
        else:
            with app.store.transaction() as tx:
                found = backfill_reports.lines(tx, active=True, limit=1) or backfill_reports.lines(
                    tx, limit=1
                )
            if not found:
                if as_json:
                    print_json(None)
                else:
                    click.echo("There was no backfill yet.", err=True)
                return None
            backfill_id = found[0].id
        try:
            line = watch(app, backfill_id) if watching else look(app, backfill_id)
        except KeyboardInterrupt:
            click.echo("It goes on in the workers.", err=True)
            return STOPPED
        with app.store.transaction() as tx:
            history = backfill_reports.changes(tx, backfill_id)
            pause = all_paused(tx)
        assert app.broker is not None  # opened, and asked
        waiting = messages.live_waiting()
    if as_json:
        told = {"backfill": line, "history": history, "all_paused": pause, "live_waiting": waiting}
        print_json(told)
    else:
        say_all_paused(pause)
        say_giving_way(line, waiting)
        show_backfill(output(), line, history)
    return None
