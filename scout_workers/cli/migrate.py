"""`scout-workers migrate`: bring the database up to date, or show how it stands."""

from __future__ import annotations

import click

from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import BAD_INPUT, DONE, verbose_option
from scout_workers.cli.opening import announce, opened
from scout_workers.cli.tables import Column, show_table


@click.command("migrate")
@click.option(
    "--status",
    is_flag=True,
    help="Only show which migrations are applied; exit 1 where some are pending.",
)
@click.option("--json", "as_json", is_flag=True, help="With --status: for programs.")
@verbose_option
def command(*, status: bool, as_json: bool) -> int:
    """Bring the database up to date, or show how it stands.

    Safe to run by many at once and while workers run: each migration is one transaction.
    """
    if as_json and not status:
        raise click.UsageError("--json goes with --status")
    if status:
        return _show(as_json=as_json)
    with opened(migrate=False) as app:
        applied = app.migrate(lambda m: announce(f"applying {m.version:04} {m.name}"))
    click.echo(f"{applied} migrations applied." if applied else "Nothing to do: up to date.")
    return DONE


def _show(*, as_json: bool) -> int:
    with opened(migrate=False) as app:
        rows = app.migration_status()
    pending = sum(row.applied_at is None for row in rows)
    if as_json:
        print_json(rows)
        return BAD_INPUT if pending else DONE
    columns = [
        Column("schema"),
        Column("series"),
        Column("version", right=True),
        Column("name", fold=True),
        Column("applied", style=lambda value: "yellow" if value == "pending" else ""),
    ]
    show_table(
        output(),
        "",
        columns,
        [
            (row.schema, row.series, f"{row.version:04}", row.name, row.applied_at or "pending")
            for row in rows
        ],
    )
    if pending:
        click.echo(f"{pending} pending: run `scout-workers migrate`.", err=True)
    return BAD_INPUT if pending else DONE
