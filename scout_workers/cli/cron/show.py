"""`scout-workers cron show`: one schedule, its latest runs and its next ones."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from rich.text import Text

from scout_workers.cli.console import output, print_json
from scout_workers.cli.cron.view import coming, find, on_its_clock, style
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, show_fields, show_table
from scout_workers.store import schedules

if TYPE_CHECKING:
    from scout_workers.domain.schedules import Schedule

_RUNS = 10
_COMING = 5
_COLUMNS = (
    Column("scheduled for"),
    Column("asked by"),
    Column("sent"),
    Column("message", fold=True),
)


@click.command("show")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, name: str, as_json: bool) -> None:
    """Show the schedule NAME, its latest ten runs and its next five."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        schedule = find(name, (each for each, _ in schedules.all_of_them(tx)))
        runs = schedules.latest_runs(tx, name, limit=_RUNS)
    following = coming(schedule, _COMING)
    if as_json:
        told = {**asdict(schedule), "state": schedule.state, "runs": runs, "next": following}
        print_json(told)
        return
    console = output()
    show_fields(console, _fields(schedule))
    console.print()
    if runs:
        rows = [
            (
                on_its_clock(run.scheduled_for, schedule),
                run.asked_by,
                on_its_clock(run.sent_at, schedule) or "not yet",
                run.message_id,
            )
            for run in runs
        ]
        show_table(console, "Latest runs", _COLUMNS, rows)
    else:
        console.print("It has not run yet.")
    console.print()
    columns = (Column(schedule.time_zone), Column("UTC"))
    if following:
        lines = [(on_its_clock(each, schedule), each) for each in following]
        show_table(console, "Next runs", columns, lines)
    else:
        console.print(f"It does not run: it is {schedule.state}.")


def _fields(schedule: Schedule) -> list[tuple[str, object]]:
    called = f"{schedule.actor}({', '.join(map(repr, schedule.arguments))})"
    fields: list[tuple[str, object]] = [
        ("name", schedule.name),
        ("cron", schedule.cron),
        ("time zone", schedule.time_zone),
        ("actor", called),
        ("misfire", schedule.misfire),
        ("state", Text(schedule.state, style=style(schedule.state))),
        ("missed", schedule.missed),
    ]
    if schedule.paused_at is not None:
        fields.append(("paused", f"by {schedule.paused_by} at {schedule.paused_at.isoformat()}"))
    if schedule.retired_at is not None:
        fields.append(("retired", schedule.retired_at))
    return fields
