"""`scout-workers doctor pools`: how large pools and slots need be, by what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from scout_workers import messages, oncall
from scout_workers.cli.console import output, plain, print_json
from scout_workers.cli.errors import BAD_INPUT, DONE, verbose_option
from scout_workers.cli.opening import opened
from scout_workers.oncall import sizing
from scout_workers.store import figures

if TYPE_CHECKING:
    from rich.console import Console

    from scout_workers.oncall.sizing import Advice
    from scout_workers.settings import Settings

_HOUR = 3600
_SETTINGS = {
    "scout_app": "SCOUT_POOLS__APPLICATION_SIZE",
    "scout_broker": "SCOUT_POOLS__BROKER_SIZE",
}
_QUEUES = {
    "describe": (messages.PROCESSING, messages.BACKFILL),
    "summarize": (messages.SUMMARY_GENERATION,),
    "insights": (messages.INSIGHTS,),
    "propose_profile": (messages.PROFILE_GENERATION,),
    "embed": (messages.EMBEDDINGS,),
}


@click.command("pools")
@click.option(
    "--hours",
    type=click.IntRange(min=1, max=168),
    default=24,
    show_default=True,
    help="What was measured within so many hours; of pools a week is kept.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, hours: int, as_json: bool) -> int:
    """Say how large pools and slots need be, with the arithmetic.

    By Little's law: busy on average = how often a second × how long each; and as arrivals come in
    bursts, three times its root, and one. How often connections are borrowed, and how long they are
    waited for and held, worker processes measure and tell four times a minute; how long calls take
    is the ledger's. Exits with 1 if something is too small.
    """
    with opened(migrate=False) as app:
        alive = sum(1 for each in oncall.worker_lines(app) if each.state != "dead")
        with app.store.transaction() as tx:
            measured = figures.lately(tx, hours * _HOUR)
            times = figures.call_times(tx, hours)
        settings = app.settings
    processes = alive or settings.worker.processes
    pools = sizing.pools(measured, _SETTINGS)
    slots = sizing.calls(times, _slots(settings), processes)
    thinking = sizing.thinking(times)
    if as_json:
        print_json({"pools": pools, "slots": slots, "under_way": thinking, "measured": measured})
    else:
        console = output()
        if not pools:
            console.print("Nothing was measured: no worker has run within that time.")
        for each in [*pools, *slots]:
            _show(console, each)
        if pools and thinking:
            _show_thinking(console, thinking, processes, pools[0])
    return DONE if all(each.enough for each in [*pools, *slots]) else BAD_INPUT


def _slots(settings: Settings) -> dict[str, tuple[str, int]]:
    return {
        purpose: (" and ".join(queues), sum(settings.queues.get(name, 0) for name in queues))
        for purpose, queues in _QUEUES.items()
        if any(name in settings.queues for name in queues)
    }


def _show(console: Console, advice: Advice) -> None:
    line = Text("OK    " if advice.enough else "SMALL ", style="green" if advice.enough else "red")
    line.append(f"{plain(advice.what)}: {advice.now}, at least {advice.advised}", style="default")
    console.print(line)
    console.print(Text(f"      {plain(advice.arithmetic)}", style="dim"))
    console.print(Text(f"      -> {plain(advice.verdict)}"))


def _show_thinking(console: Console, thinking: float, processes: int, pool: Advice) -> None:
    # Why the pools may be so small: nobody thinks while holding a connection.
    console.print(
        Text(
            f"\nWere connections held while models think, {thinking:.1f} more would be in use on "
            f"average, and {processes} × {sizing.size_for(thinking / processes)} needed for that "
            f"alone; it is {processes} × {pool.now}.",
            style="dim",
        )
    )
