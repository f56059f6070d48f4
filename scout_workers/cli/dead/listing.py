"""`scout-workers dead list`: dead messages by what killed them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scout_workers.cli.console import output, print_json
from scout_workers.cli.counting import Counting
from scout_workers.cli.dead.choosing import choosing, chosen
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.operating import broker_of
from scout_workers.cli.tables import Column, show_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.app.operating import DeadGroup, DeadMessage

_NONE = "No dead messages match."


@click.command("list")
@choosing
@click.option("--singly", is_flag=True, help="Each message, the latest first, not by cause.")
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=100_000),
    default=20,
    show_default=True,
    help="The most to list.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, singly: bool, limit: int, as_json: bool, **options: Any) -> None:
    """Count dead messages by what killed them, the most frequent first.

    One line is one cause: the same queue, actor, reason and error, numbers and ids in it left out.
    The example can be looked at (`dead show`) and stands for all of its line (`dead retry --like`).
    """
    with opened(migrate=False) as app:
        dead = broker_of(app).dead
        which = chosen(broker_of(app), options)
        if singly:
            found = dead.find(which, most=limit)
            _tell_singly(found, as_json=as_json)
            return
        with Counting("looking") as walking:
            groups = dead.groups(which, told=walking.moved)
    if as_json:
        print_json(groups[:limit])
    elif not groups:
        click.echo(_NONE, err=True)
    else:
        _show(groups, limit)


def _show(groups: Sequence[DeadGroup], limit: int) -> None:
    columns = (
        Column("messages", right=True),
        *(Column(name) for name in ("queue", "actor", "reason", "first", "last")),
        Column("example", right=True),
        Column("error", fold=True),
    )
    rows = [
        (
            *(f"{each.messages:,}", each.queue, each.actor, each.reason, each.first, each.last),
            *(each.example, each.error or "-"),
        )
        for each in groups[:limit]
    ]
    show_table(output(), "", columns, rows)
    total = sum(each.messages for each in groups)
    rest = f", {len(groups) - limit:,} more with --limit" if len(groups) > limit else ""
    click.echo(f"{total:,} dead messages of {len(groups):,} causes{rest}.", err=True)


def _tell_singly(found: Sequence[DeadMessage], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    elif not found:
        click.echo(_NONE, err=True)
    else:
        columns = (
            Column("id", right=True),
            *(Column(name) for name in ("queue", "actor", "reason", "died")),
            Column("attempts", right=True),
            Column("error", fold=True),
        )
        rows = [
            (
                *(each.id, each.queue, each.actor, each.reason, each.died_at, each.attempt),
                each.cause or "-",
            )
            for each in found
        ]
        show_table(output(), "", columns, rows)
