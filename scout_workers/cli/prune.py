"""`scout-workers prune`: what is older than the settings keep goes now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.app import housekeeping, operating
from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.hand import hand
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, show_table
from scout_workers.housekeeping.purging import COUNTED_TO

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scout_workers.store.housekeeping import Due

_COLUMNS = (Column("what"), Column("how many", right=True), Column("the oldest"))
_AT_ONCE_SECONDS = 10.0
_NOTHING = "Nothing is old enough to go."


@click.command("prune")
@click.option("--dry-run", is_flag=True, help="Only show what would go.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, dry_run: bool, as_json: bool) -> None:
    """Remove what is older than the settings keep ([retention]), now and to the end.

    Workers do so by themselves, a little every so often; so do dead messages go, those older than
    broker.keep_dead_days. Ctrl-C stops it between two batches; what went is gone.
    """
    with opened() as app:
        purge = housekeeping.open_purge(app)
        dead = operating.OldDead(app)
        if dry_run:
            _show_plan([*purge.plan(), *dead.plan()], as_json=as_json)
        else:
            _show_taken(_take_all(purge) | dead.drop(by=hand()), as_json=as_json)


def _take_all(purge: housekeeping.Purge) -> dict[str, int]:
    total: dict[str, int] = {}
    while True:
        taken = purge.run(_AT_ONCE_SECONDS)
        for kind, count in taken.items():
            total[kind] = total.get(kind, 0) + count
        if not any(taken.values()):
            return total


def _show_plan(due: Sequence[Due], *, as_json: bool) -> None:
    if as_json:
        print_json(due)
    elif due:
        rows = [(each.kind, _counted(each.count), each.oldest) for each in due]
        show_table(output(), "Would go:", _COLUMNS, rows)
    else:
        click.echo(_NOTHING)


def _show_taken(total: Mapping[str, int], *, as_json: bool) -> None:
    if as_json:
        print_json(total)
        return
    for kind, count in total.items():
        if count:
            click.echo(f"Removed {count:,} {kind.replace('_', ' ')}.")
    if not any(total.values()):
        click.echo(_NOTHING)


def _counted(count: int) -> str:
    return f"{count:,}" if count < COUNTED_TO else f"{count:,} or more"
