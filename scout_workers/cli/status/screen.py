"""An overview on one screen: what needs a hand, then what there is and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from scout_workers.cli.console import plain
from scout_workers.cli.status.business import (
    show_backfills,
    show_deferred,
    show_money,
    show_providers,
    show_schedules,
)
from scout_workers.cli.status.machinery import show_connections, show_queues, show_workers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from scout_workers.oncall import Concern, Overview


def show(console: Console, overview: Overview, concerns: Sequence[Concern]) -> None:
    """Print it."""
    show_verdict(console, overview, concerns)
    show_tables(console, overview)


def show_verdict(console: Console, overview: Overview, concerns: Sequence[Concern]) -> None:
    """Print in a line how it goes, and a line for each concern with what to do under it."""
    hands = sum(1 for each in concerns if each.needs_a_hand)
    waiting = sum(queue.ready for queue in overview.queues)
    alive = len(overview.alive)
    about = f" (of about {overview.messages_about:,})" if waiting >= overview.counted_to else ""
    work = (
        f"{overview.count(waiting)} messages wait{about}, "
        f"{alive} {'worker is' if alive == 1 else 'workers are'} alive"
    )
    if hands:
        text = f"{hands} {'thing needs' if hands == 1 else 'things need'} a hand: {work}."
        console.print(Text(text, style="bold red"))
    else:
        console.print(Text(f"Nothing needs a hand: {work}.", style="bold green"))
    for each in concerns:
        line = Text("HAND  " if each.needs_a_hand else "NOTE  ")
        line.stylize("red" if each.needs_a_hand else "yellow")
        line.append(f"{plain(each.subject)}: ", style="bold default")
        line.append(plain(each.text), style="default")
        console.print(line)
        console.print(Text(f"      -> {plain(each.remedy)}"))
    console.print()


def show_tables(
    console: Console, overview: Overview, growth: Mapping[str, float] | None = None
) -> None:
    """Print what there is, a table each; what there is nothing of is left out.

    Args:
        console: Where.
        overview: What there is.
        growth: By how many a second each queue grew; None: nobody looked twice.
    """
    if overview.tells:
        show_queues(console, overview, growth)
        show_workers(console, overview)
    else:
        console.print(f"{overview.broker} does not tell what its queues hold.\n")
    show_connections(console, overview)
    show_providers(console, overview.providers)
    show_money(console, overview)
    show_backfills(console, overview)
    show_deferred(console, overview)
    show_schedules(console, overview)
