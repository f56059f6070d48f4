"""`scout-workers status`: how it all goes, on one screen, and what needs a human."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from scout_workers import oncall
from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import BAD_INPUT, DONE, verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.status.counts import in_order, show_counts
from scout_workers.cli.status.screen import show
from scout_workers.store import reports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.oncall import Concern, Overview


@click.command("status")
@click.option(
    "--counts",
    "counting",
    is_flag=True,
    help="Count captures, analyses and model calls by state too: reads whole tables.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs: everything.")
@verbose_option
def command(*, counting: bool, as_json: bool) -> int:
    """Show how it all goes, on one screen, and what needs a human.

    HAND is what stays so until a human does something; NOTE passes by itself, or a human wanted it
    so. Each comes with what to do. Counts of messages end at 10,000+: it is quick however many
    there are.

    Exits with 1 if something needs a hand, else 0: fit for an alarm, once a minute.
    """
    with opened(migrate=False) as app:
        overview = oncall.look(app)
        counts = []
        if counting:
            with app.store.transaction() as tx:
                counts = in_order(reports.counts(tx))
    found = oncall.concerns(overview)
    if as_json:
        print_json(told(overview, found) | ({"counts": counts} if counting else {}))
    else:
        console = output()
        show(console, overview, found)
        if counting:
            console.print()
            show_counts(console, counts)
    return BAD_INPUT if any(each.needs_a_hand for each in found) else DONE


def told(overview: Overview, concerns: Sequence[Concern]) -> dict[str, Any]:
    """Return everything for a program."""
    hands = any(each.needs_a_hand for each in concerns)
    return {"needs_a_hand": hands, "concerns": list(concerns)} | asdict(overview)
