"""`scout-workers events list`: deliveries of events to targets."""

from __future__ import annotations

import click

from scout_workers.cli.console import print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.events.view import show_deliveries
from scout_workers.cli.opening import opened
from scout_workers.store import deliveries


@click.command("list")
@click.option(
    "--state",
    type=click.Choice(["pending", "delivered", "dead"]),
    help="Only those; dead: given up.",
)
@click.option("--organization", help="Only this organization's.")
@click.option("--target", help="Only this target's.")
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=100_000),
    default=20,
    show_default=True,
    help="The most to list.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(
    *, state: str | None, organization: str | None, target: str | None, limit: int, as_json: bool
) -> None:
    """List deliveries of events to targets, newest first."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        lines = deliveries.listing(
            tx, state=state, organization=organization, target=target, limit=limit
        )
    if as_json:
        print_json(lines)
    elif not lines:
        click.echo("No deliveries match.", err=True)
    else:
        show_deliveries(lines)
