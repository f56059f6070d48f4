"""Deliveries as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.cli.console import output
from scout_workers.cli.tables import Column, short, show_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.store.deliveries import DeliveryLine

_STYLES = {"delivered": "green", "pending": "yellow", "dead": "red"}
_COLUMNS = (
    Column("event"),
    Column("kind"),
    Column("organization", fold=True),
    Column("target"),
    Column("state", style=lambda value: _STYLES.get(str(value), "")),
    Column("attempts", right=True),
    Column("next try or end"),
    Column("last error", fold=True),
)


def show_deliveries(lines: Sequence[DeliveryLine]) -> None:
    """Print deliveries."""
    rows = [
        (
            *(short(line.event_id), line.kind, line.organization, line.target, line.state),
            line.attempts,
            line.settled_at or line.next_try_at,
            line.last_error,
        )
        for line in lines
    ]
    show_table(output(), "", _COLUMNS, rows)
