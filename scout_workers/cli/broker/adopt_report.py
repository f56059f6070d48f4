"""What an adoption found, moved and left, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click
from rich.text import Text

from scout_workers.cli.console import output
from scout_workers.cli.tables import Column, show_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.app.adopting import Found, Moved


class Plan(NamedTuple):
    """What was asked for.

    Attributes:
        queues: Those that workers here serve.
    """

    consumed: bool
    rejected: bool
    queues: frozenset[str]

    def moves(self, state: str) -> bool:
        """Whether a message that stands so is moved."""
        return state in {"queued", "delayed", "begun"} or bool(
            {"consumed": self.consumed, "rejected": self.rejected}.get(state)
        )

    def wanted(self, state: str) -> bool:
        """Whether it was asked for, though it may be held by a living worker."""
        return self.moves(state) or (state == "held" and self.consumed)


_STATES = {
    "consumed": "consumed, held by nobody",
    "held": "consumed, held by a living worker",
    "begun": "begun by an earlier run",
}
_STAYS = {
    "consumed": "stays; --consumed moves it",
    "held": "stays: it may be running right now",
    "rejected": "stays; --rejected moves it",
}
_COLUMNS = (
    Column("queue", fold=True),
    Column("actor", fold=True),
    Column("state", fold=True),
    Column("messages", right=True),
    Column("", fold=True, style=lambda value: "yellow" if str(value).startswith("stays") else ""),
)


def as_data(found: Sequence[Found], plan: Plan) -> list[dict[str, object]]:
    """Return what was found for JSON."""
    return [
        {
            "queue": each.queue,
            "actor": each.actor,
            "state": str(each.state),
            "messages": each.messages,
            "moves": plan.moves(each.state),
            "served": each.queue in plan.queues,
        }
        for each in found
    ]


def show_found(found: Sequence[Found], plan: Plan) -> None:
    """Print what a run would do."""
    total = sum(each.messages for each in found)
    if not total:
        output().print("There is no undelivered message.")
        return
    moving = sum(each.messages for each in found if plan.moves(each.state))
    _table(f"Would move {moving:,} of {total:,} messages:", found, plan)


def show_moved(moved: Moved, left: Sequence[Found], plan: Plan) -> None:
    """Print what a run did, and what it left."""
    console = output()
    console.print(Text(f"Moved {sum(moved):,} messages."))
    if moved.dead:
        console.print(f"{moved.dead:,} of them were dead and are among the dead here.")
    if moved.undecodable:
        console.print(
            f"{moved.undecodable:,} of them cannot be read as messages and are among the dead here."
        )
    if left:
        _table("Left:", left, plan)
    if any(each.state == "held" and plan.consumed for each in left):
        click.echo("Stop dramatiq-pg's workers and run the same command again.", err=True)


def _table(title: str, found: Sequence[Found], plan: Plan) -> None:
    rows = [
        (
            each.queue,
            each.actor,
            _STATES.get(each.state, each.state),
            f"{each.messages:,}",
            "moves" if plan.moves(each.state) else _STAYS[each.state],
        )
        for each in found
    ]
    show_table(output(), title, _COLUMNS, rows)


def warn_of_queues(found: Sequence[Found], plan: Plan) -> None:
    """Say which queues' messages would wait for a worker in vain."""
    unknown = {each.queue for each in found if plan.moves(each.state)} - plan.queues
    if unknown:
        click.echo(
            f"No worker here serves {', '.join(sorted(unknown))}: what is moved waits there until "
            "queues.toml has it.",
            err=True,
        )
