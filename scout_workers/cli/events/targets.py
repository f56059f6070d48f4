"""`scout-workers events targets`: how each target is."""

from __future__ import annotations

import click

from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, show_table
from scout_workers.store import deliveries
from scout_workers.store.deliveries import TargetLine

_COLUMNS = (
    Column("target"),
    Column("tells", fold=True),
    Column("waiting", right=True),
    Column("given up", right=True, style=lambda value: "red" if value else ""),
    Column("failures in a row", right=True),
    Column("left alone until"),
    Column("last error", fold=True),
)


@click.command("targets")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, as_json: bool) -> None:
    """List the targets of the settings, and those that anything still waits for."""
    with opened(migrate=False) as app:
        named = app.settings.events.targets
        with app.store.transaction() as tx:
            found = {line.target: line for line in deliveries.targets(tx)}
    lines = [found.get(name, TargetLine(name, 0, None, None, 0, 0)) for name in named]
    lines += [line for name, line in found.items() if name not in named]
    tells = {line.target: str(named.get(line.target, "not in the settings")) for line in lines}
    if as_json:
        print_json([{"tells": tells[line.target], "line": line} for line in lines])
        return
    if not lines:
        click.echo("No targets: name some in the settings, [events.targets.NAME].", err=True)
        return
    rows = [
        (
            *(line.target, tells[line.target], line.pending, line.dead, line.failures),
            *(line.blocked_until, line.last_error),
        )
        for line in lines
    ]
    show_table(output(), "", _COLUMNS, rows)
