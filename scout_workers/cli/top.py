"""`scout-workers top`: the overview of `status`, live, and how fast things go."""

from __future__ import annotations

import signal
import time
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING, NoReturn

import click
from rich.console import Console
from rich.live import Live
from rich.text import Text

from scout_workers import oncall
from scout_workers.cli.console import output
from scout_workers.cli.errors import DONE, ENVIRONMENT_FAILED, verbose_option
from scout_workers.cli.explanations import explain
from scout_workers.cli.opening import opened
from scout_workers.cli.status.screen import show_tables, show_verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from scout_workers.app import App
    from scout_workers.oncall import Overview, Rates


@click.command("top")
@click.option(
    "--interval",
    type=click.FloatRange(min=0.1, max=3600),
    default=2.0,
    show_default=True,
    help="Seconds between two looks.",
)
@click.option("--once", is_flag=True, help="Show one screen, after one interval, and end.")
@verbose_option
def command(*, interval: float, once: bool) -> int:
    """Show how it all goes, live, with what happens a second; Ctrl-C ends it.

    What `scout-workers status` shows, looked at again and again: as cheap, however many messages
    there are. Rates are reckoned from two looks at the server's own counters, which are late by a
    second or so. Where there is no terminal, a screen is printed each time.
    """
    signal.signal(signal.SIGTERM, _stop)
    console = output()
    with opened(migrate=False) as app:
        before = oncall.look(app)  # what is wrong at once is told as everywhere
        try:
            if console.is_terminal and not once:
                # On a screen of its own, which is gone when it ends: the terminal is as it was.
                with Live(console=console, screen=True, auto_refresh=False) as live:
                    refresh = partial(live.update, refresh=True)
                    _watch(app, before, interval, refresh, console=console)
            else:
                _watch(app, before, interval, console.print, console=console, once=once)
        except KeyboardInterrupt:
            pass  # that is how it ends
    return DONE


def _watch(
    app: App,
    before: Overview,
    interval: float,
    show: Callable[[Text], object],
    *,
    console: Console,
    once: bool = False,
) -> None:
    while True:
        time.sleep(interval)
        after = _look(app)
        if isinstance(after, str):
            show(Text(f"{after}\nLooking again in {interval:g} s.", style="red"))
        else:
            show(_screen(console, after, oncall.rates(before, after)))
            before = after
        if once:
            return


def _look(app: App) -> Overview | str:
    """Return an overview, or why there is none just now: a server may go away and come back."""
    try:
        return oncall.look(app)
    except Exception as error:
        explained = explain(error, app.settings)
        if explained.exit_code != ENVIRONMENT_FAILED:
            raise
        return explained.scrub(explained.sentence)


def _screen(console: Console, overview: Overview, rates: Rates | None) -> Text:
    """Return everything as text that fits the terminal: live displays want it in one piece."""
    page = Console(
        file=StringIO(),
        width=console.width,
        force_terminal=console.is_terminal,
        no_color=console.no_color,
        highlight=False,
        emoji=False,
        markup=False,
    )
    with page.capture() as captured:
        page.print(Text(_flow(overview, rates)))
        show_verdict(page, overview, oncall.concerns(overview))
        show_tables(page, overview, rates.growth if rates is not None else {})
    return Text.from_ansi(captured.get())


def _flow(overview: Overview, rates: Rates | None) -> str:
    at = f"{overview.at:%Y-%m-%d %H:%M:%S %Z}"
    if rates is None:
        return f"{at}   no rates yet: the server began to count anew"
    return (
        f"{at}   a second: {rates.put:.1f} messages in, {rates.gone:.1f} out, {rates.died:.1f} "
        f"dead; {rates.captures:.1f} captures in, {rates.calls:.1f} model calls"
    )


def _stop(signum: int, frame: FrameType | None) -> NoReturn:
    # As Ctrl-C: whoever ends it with a signal gets a clean terminal too.
    del signum, frame
    raise KeyboardInterrupt
