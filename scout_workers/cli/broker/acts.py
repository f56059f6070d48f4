"""`scout-workers broker acts`: what was done by hand, by whom and when."""

from __future__ import annotations

import click

from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.operating import broker_of
from scout_workers.cli.tables import Column, show_table


@click.command("acts")
@click.option("--subject", help="Only what was done to this queue, worker, or dead messages.")
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=100_000),
    default=20,
    show_default=True,
    help="The most to list.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, subject: str | None, limit: int, as_json: bool) -> None:
    """List what was done by hand: retried and dropped messages, pauses, limits, drains.

    The count is of what was committed; an act without an end is going on, or was killed.
    """
    with opened(migrate=False) as app:
        acts = broker_of(app).acts.latest(subject=subject, most=limit)
    if as_json:
        print_json(acts)
        return
    if not acts:
        click.echo("Nothing was done by hand.", err=True)
        return
    columns = (
        *(Column(name) for name in ("when", "who", "what", "to")),
        Column("messages", right=True),
        Column("", style=lambda value: "yellow" if value else ""),
        Column("how", fold=True),
    )
    rows = [
        (
            *(act.at, act.by, act.what, act.subject, f"{act.messages:,}"),
            "" if act.ended_at else "has no end",
            ", ".join(f"{name}={value}" for name, value in act.details.items()) or "-",
        )
        for act in acts
    ]
    show_table(output(), "", columns, rows)
