"""`scout-workers insights`: what is worth knowing of a day, and the pictures that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from scout_workers import messages
from scout_workers.cli.console import cell, output, plain, print_json
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.moments import local_day
from scout_workers.cli.naming import clock_of, organization_of
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, short, show_table
from scout_workers.cli.words import local, state_style
from scout_workers.store import insights, report_insights

if TYPE_CHECKING:
    from rich.console import Console

    from scout_workers.store.report_insights import InsightDay

_COLUMNS = (
    Column("organization", fold=True),
    Column("day"),
    Column("state", style=state_style),
    Column("insights", right=True),
    Column("refused", right=True),
    Column("the first of them, or the error", fold=True),
)


@click.group("insights")
def command() -> None:
    """Read what is worth knowing of a day, or have a day looked over.

    A day of an organization is looked over a while after it is over by its own clock and its
    summaries are written, by itself. Every insight cites the observations that show it.
    """


@command.command("list")
@click.option("--organization", help="Only this organization's.")
@click.option("--since", metavar="DATE", help="Only this day and later: 2026-06-21, yesterday.")
@click.option("--history", is_flag=True, help="Also those that newer ones took the place of.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def list_insights(
    *, organization: str | None, since: str | None, history: bool, limit: int, as_json: bool
) -> None:
    """List days that were looked over, the latest first."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        found = report_insights.days(
            tx,
            organization=organization,
            since=None if since is None else local_day(since, clock_of(tx, organization)),
            history=history,
            limit=limit,
        )
    if as_json:
        print_json(found)
    elif not found:
        click.echo("No day matches; a day is looked over a while after it is over.", err=True)
    else:
        rows = [
            (
                each.organization,
                each.day,
                each.state if each.current or each.state != "completed" else "superseded",
                each.count,
                each.refused,
                each.insights[0].title if each.insights else each.error_class,
            )
            for each in found
        ]
        show_table(output(), "", _COLUMNS, rows)


@command.command("show")
@click.argument("day")
@click.option("--organization", help="Whose. Needed only where there are several.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def show(*, day: str, organization: str | None, as_json: bool) -> None:
    """Show what is worth knowing of a DAY (2026-06-21, today, yesterday), and what shows it."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        whose = organization_of(tx, organization)
        wanted = local_day(day, whose.time_zone)
        found = report_insights.days(tx, organization=whose.name, day=wanted, limit=1)
    if not found:
        raise UsageMistakeError(
            f"{wanted} was not looked over: `scout-workers insights make --day {wanted}` has a "
            "worker do it."
        )
    if as_json:
        print_json(found[0])
    else:
        show_day(output(), found[0])


@command.command("make")
@click.option("--day", metavar="DATE", required=True, help="2026-06-21, today or yesterday.")
@click.option("--organization", help="Whose. Needed only where there are several.")
@verbose_option
def make(*, day: str, organization: str | None) -> None:
    """Have a day looked over now, from the summaries and observations there are.

    What was found in the same facts is not looked for, nor paid, again; what failed is tried once
    more.
    """
    with opened() as app, app.store.transaction() as tx:
        whose = organization_of(tx, organization)
        wanted = local_day(day, whose.time_zone)
        insights.reopen(tx, whose.id, wanted)
        messages.generate_insights(whose.id, wanted).send(tx)
    click.echo(
        f"Asked for {wanted}: `scout-workers insights show {wanted}` shows it when a worker has "
        "looked it over."
    )


def show_day(console: Console, day: InsightDay) -> None:
    """Print a day's insights, each with the pictures that show it."""
    console.print(Text(f"{plain(day.organization)}, {day.day:%A, %d %B %Y}", style="bold"))
    if day.state != "completed":
        reason = ": ".join(filter(None, (day.error_class, day.error_detail)))
        console.print(cell(f"{day.state} {reason}", state_style(day.state)))
    elif not day.insights:
        console.print("Nothing of it is worth knowing.")
    for each in day.insights:
        console.print()
        console.print(
            Text.assemble((f"{each.severity:<9}", state_style(each.severity)), plain(each.title))
        )
        console.print(Text(f"         {plain(each.text)}"), soft_wrap=True)
        times: dict[str, None] = {}
        for seen in each.evidence:
            at = local(seen.captured_at, day.time_zone)
            assert at is not None
            times[f"{at:%H:%M} {short(seen.capture_id)}"] = None
        console.print(Text(f"         shown by {', '.join(times)}", style="dim"), soft_wrap=True)
    if day.refused or day.dropped:
        console.print()
        console.print(
            f"{day.refused} citations of nothing that was given were refused; {day.dropped} "
            "insights without evidence were dropped."
        )
