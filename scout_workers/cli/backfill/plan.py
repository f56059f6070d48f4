"""`scout-workers backfill plan`: what a backfill would do, cost and take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scout_workers.backfilling import (
    Forecast,
    SelectionError,
    Survey,
    forecast,
    selection,
    survey,
)
from scout_workers.cli.backfill.finding import slots
from scout_workers.cli.backfill.options import selecting, wanted
from scout_workers.cli.backfill.report import show_plan
from scout_workers.cli.console import messages, output, print_json
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.opening import opened

if TYPE_CHECKING:
    from scout_workers.app import App
    from scout_workers.backfilling import Wanted
    from scout_workers.backfilling.choosing import Chosen


def look(app: App, asked: Wanted, rate: float | None) -> tuple[Chosen, Survey, Forecast]:
    """Find out what a selection has and needs; a spinner turns meanwhile on a terminal.

    Raises:
        UsageMistakeError: It names something there is not.
    """
    try:
        chosen = selection(app, asked)
    except SelectionError as error:
        raise UsageMistakeError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
    console = messages()
    with console.status("counting") as status:
        found = survey(
            app,
            chosen.selection,
            asked.ids,
            told=lambda count: status.update(f"counting: {count:,} captures looked at"),
        )
    return chosen, found, forecast(found, slots(app), rate=rate)


def tell_plan(
    chosen: Chosen, found: Survey, expected: Forecast, *, as_json: bool, next_words: str = ""
) -> None:
    """Print a plan."""
    if as_json:
        print_json({"selection": chosen.wish, "survey": _counts(found), "forecast": expected})
        return
    show_plan(output(), chosen.wish, found, expected)
    if next_words and found.wanted:
        click.echo(next_words)


def _counts(found: Survey) -> dict[str, int]:
    return {
        "looked_at": found.looked_at,
        "wanted": found.wanted,
        "without_profile": found.without_profile,
    }


@click.command("plan")
@selecting
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="Reckon with no more than N captures a minute.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, rate: float | None, as_json: bool, **options: Any) -> None:
    """Show what a backfill would do: captures, tokens, price and hours. Changes nothing.

    What a call takes and costs is the average of the latest calls of the same model; the pace is
    that of the workers that are running now.
    """
    asked = wanted(options)
    with opened(migrate=False) as app:
        chosen, found, expected = look(app, asked, rate)
    tell_plan(
        chosen,
        found,
        expected,
        as_json=as_json,
        next_words="\nNext: the same options after `scout-workers backfill run` begin it.",
    )
