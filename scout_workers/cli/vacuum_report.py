"""`scout-workers vacuum-report`: dead rows, what keeps vacuum from them, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from scout_workers.app import vacuum
from scout_workers.cli.console import output, plain, print_json
from scout_workers.cli.errors import BAD_INPUT, DONE, verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, right, show_table
from scout_workers.cli.words import duration, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from scout_workers.app.vacuum import Finding, Holder, VacuumTable

_SUBJECT_WIDTH = 16
_LEAST_BYTES = 1 << 20


@click.command("vacuum-report")
@click.option("--all", "everything", is_flag=True, help="Small tables that are well too.")
@click.option("--json", "as_json", is_flag=True, help="For programs: everything.")
@verbose_option
def command(*, everything: bool, as_json: bool) -> int:
    """Show how vacuum keeps up with our tables, who holds it back, and what to do.

    Every claim pays for the dead rows before it, and one session with an old snapshot, a forgotten
    transaction, a prepared one or a standby's slot keeps them all. Each is named here, with how it
    is ended. Reads statistics and no table. Exits with 1 if something needs a hand.
    """
    with opened(migrate=False) as app:
        found = vacuum.look(app)
    judged = vacuum.findings(found)
    if as_json:
        print_json({"findings": judged, "look": found})
    else:
        console = output()
        for each in judged:
            _show(console, each)
        console.print()
        _show_tables(console, found.tables, everything=everything)
        _show_holders(console, found.report.holders)
    return DONE if all(each.good for each in judged) else BAD_INPUT


def _show(console: Console, finding: Finding) -> None:
    line = Text("OK    " if finding.good else "HAND  ", style="green" if finding.good else "red")
    line.append(f"{plain(finding.subject):<{_SUBJECT_WIDTH}} ", style="default")
    line.append(plain(finding.text), style="default")
    console.print(line)
    if finding.remedy:
        console.print(Text(f"      -> {plain(finding.remedy)}"))


def _show_tables(console: Console, tables: Sequence[VacuumTable], *, everything: bool) -> None:
    worth = [each for each in tables if everything or _is_worth_a_line(each)]
    columns = (
        Column("table"),
        *right("rows", "dead rows", "", "vacuum at", "size", "indexes", "to spare"),
        Column("last vacuum"),
    )
    rows = []
    for table in worth:
        each, ratio = table.health, table.spare_ratio
        rows.append(
            (
                *(each.name, f"{each.live:,}", f"{each.dead:,}", f"{each.dead_ratio:.0%}"),
                *(f"{each.due_at:,.0f}", size(each.table_bytes), size(each.index_bytes)),
                None if ratio is None else f"{ratio:.0%}",
                max(filter(None, (each.vacuumed_at, each.autovacuumed_at)), default=None),
            )
        )
    if rows:
        show_table(console, "Tables", columns, rows)
    quiet = len(tables) - len(worth)
    if quiet:
        console.print(Text(f"and {quiet} small ones that are well (--all)", style="dim"))
    console.print()


def _is_worth_a_line(table: VacuumTable) -> bool:
    each = table.health
    return each.table_bytes >= _LEAST_BYTES or each.dead > each.due_at


def _show_holders(console: Console, holders: Sequence[Holder]) -> None:
    if not holders:
        console.print("Open transactions and snapshots: none.")
        return
    columns = (
        Column("open", fold=True),
        *right("for", "idle for", "behind"),
        Column("doing", fold=True),
    )
    rows = [
        (
            str(each),
            duration(each.open_seconds),
            duration(each.idle_seconds),
            None if each.behind is None else f"{each.behind:,}",
            " ".join((each.query or "").split()) or None,
        )
        for each in holders
    ]
    show_table(console, "Open transactions and snapshots", columns, rows)
