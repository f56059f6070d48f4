"""`scout-workers events retry`: what was given up is tried once more."""

from __future__ import annotations

import click

from scout_workers import messages
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.filters import the_one
from scout_workers.cli.opening import opened
from scout_workers.store import deliveries, reports


@click.command("retry")
@click.argument("id_", metavar="[ID]", required=False)
@click.option("--target", help="Only this target's.")
@click.option("--all", "everything", is_flag=True, help="All that was given up.")
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=10_000),
    default=1000,
    show_default=True,
    help="The most to try again, the oldest first.",
)
@verbose_option
def command(*, id_: str | None, target: str | None, everything: bool, limit: int) -> None:
    """Try once more what was given up: of one event, of a target, or --all."""
    if not (id_ or target or everything):
        raise UsageMistakeError("Name an event, or --target NAME, or --all.")
    with opened() as app, app.store.transaction() as tx:
        event_id = (
            the_one("event", id_, lambda prefix: reports.events_like(tx, prefix)) if id_ else None
        )
        revived = deliveries.revive(tx, target=target, event_id=event_id, limit=limit)
        for each, name in revived:
            messages.deliver_event(each, name).send(tx)
    count = "1 delivery is" if len(revived) == 1 else f"{len(revived)} deliveries are"
    click.echo(f"{count} tried again." if revived else "Nothing of that was given up.")
