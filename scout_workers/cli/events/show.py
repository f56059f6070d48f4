"""`scout-workers events show`: one event, and whom it was told."""

from __future__ import annotations

import click

from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.events.view import show_deliveries
from scout_workers.cli.filters import the_one
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import show_fields
from scout_workers.store import deliveries, events, reports

_MOST = 1000


@click.command("show")
@click.argument("id_", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, id_: str, as_json: bool) -> None:
    """Show one event as listeners get it, and whom it was told.

    ID may be abbreviated to its first digits, as `events list` shows them.
    """
    with opened(migrate=False) as app, app.store.transaction() as tx:
        event_id = the_one("event", id_, lambda prefix: reports.events_like(tx, prefix))
        event = events.get(tx, event_id)
        lines = deliveries.listing(tx, event_id=event_id, limit=_MOST)
    if event is None:
        raise UsageMistakeError(f"The event {event_id} was just deleted.")
    if as_json:
        print_json({"event": event, "deliveries": lines})
        return
    fields: list[tuple[str, object]] = [
        ("id", event.id),
        ("kind", event.kind),
        ("organization", event.organization),
        ("happened", event.created_at),
        ("broadcast", event.broadcast_at or "not yet"),
        ("body", event.as_json()),
    ]
    show_fields(output(), fields)
    output().print()
    if lines:
        show_deliveries(lines)
    else:
        output().print("No target was to be told.")
