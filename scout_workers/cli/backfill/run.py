"""`scout-workers backfill run`: begin a backfill, and watch it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scout_workers import messages
from scout_workers.backfilling import begin
from scout_workers.cli.backfill.finding import slots
from scout_workers.cli.backfill.options import selecting, throttle, throttling, wanted
from scout_workers.cli.backfill.plan import look, tell_plan
from scout_workers.cli.backfill.progress import look as look_at
from scout_workers.cli.backfill.progress import watch
from scout_workers.cli.backfill.report import said, show_backfill
from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import BAD_INPUT, DONE, STOPPED, UsageMistakeError, verbose_option
from scout_workers.cli.hand import hand
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import short
from scout_workers.domain.backfills import BackfillState
from scout_workers.store import backfill_reports

if TYPE_CHECKING:
    from uuid import UUID

    from scout_workers.app import App
    from scout_workers.backfilling import Wanted


@click.command("run")
@selecting
@throttling
@click.option("--oldest-first", is_flag=True, help="Begin with the oldest, not the newest.")
@click.option("--dry-run", is_flag=True, help="Only show the plan; change nothing.")
@click.option("--detach", is_flag=True, help="Begin it and return; do not watch.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(
    *, oldest_first: bool, dry_run: bool, detach: bool, as_json: bool, **options: Any
) -> int:
    """Begin a backfill and watch it; it goes on in the workers, watched or not.

    At most --max-in-flight of its captures are in the broker at a time, on a queue and slots of
    their own; the newest come first. Run twice, the second joins the first. Failed captures are
    counted, not tried again. Exits with 1 if some failed or it was paused.
    """
    asked = wanted(options)
    with opened(migrate=not dry_run) as app:
        begun = _begin(
            app, asked, options, oldest_first=oldest_first, dry_run=dry_run, as_json=as_json
        )
        if begun is None:
            return DONE
        return _watched(app, begun, detach=detach, as_json=as_json)


def _begin(
    app: App,
    asked: Wanted,
    options: dict[str, Any],
    *,
    oldest_first: bool,
    dry_run: bool,
    as_json: bool,
) -> UUID | None:
    """Begin what was asked for and return its id; None: there is nothing to watch."""
    chosen, found, expected = look(app, asked, options["rate"])
    live_slots = app.settings.queues.get(messages.PROCESSING, 1)
    held = throttle(options, chosen.zone, live_slots=live_slots)
    if held.max_cost is not None and expected.cost_microdollars is None and found.wanted:
        raise UsageMistakeError(
            "Nobody knows what these calls cost, so --max-cost could not be kept: run a --sample "
            "without it first, and the ledger will know."
        )
    if dry_run or not found.wanted:
        tell_plan(chosen, found, expected, as_json=as_json)
        return None
    begun = begin(
        app,
        chosen.selection,
        found,
        held,
        wish=chosen.wish,
        by=hand(),
        expected_cost=expected.cost_each,
        oldest_first=oldest_first,
    )
    if not as_json:
        if begun.new:
            tell_plan(chosen, found, expected, as_json=False)
        else:
            click.echo(
                f"A backfill of the same selection is {begun.state} already: {short(begun.id)}. "
                "It is left as it is.",
                err=True,
            )
    return begun.id


def _watched(app: App, backfill_id: UUID, *, detach: bool, as_json: bool) -> int:
    name = short(backfill_id)
    if not slots(app).running:
        click.echo(
            "No worker serves it now; start one: scout-workers worker. It begins by itself then.",
            err=True,
        )
    try:
        line = look_at(app, backfill_id) if detach else watch(app, backfill_id)
    except KeyboardInterrupt:
        click.echo(
            f"It goes on in the workers. To watch it: scout-workers backfill status {name} "
            f"--watch; to stop it: scout-workers backfill pause {name}",
            err=True,
        )
        return STOPPED
    if as_json:
        print_json(line)
    elif detach:
        click.echo(
            f"Backfill {name} is {said(line)}. To watch it: scout-workers backfill status "
            f"{name} --watch"
        )
    else:
        with app.store.transaction() as tx:
            history = backfill_reports.changes(tx, backfill_id)
        show_backfill(output(), line, history)
    if detach:
        return DONE
    good = line.state == BackfillState.COMPLETED and not line.failed
    return DONE if good else BAD_INPUT
