"""`scout-workers broker health`: what needs a hand, and what the housekeeping has before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from scout_workers.app import health
from scout_workers.cli.broker_view import name_of
from scout_workers.cli.console import output, plain, print_json
from scout_workers.cli.errors import BAD_INPUT, DONE, UsageMistakeError, verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, show_table
from scout_workers.cli.words import duration, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from scout_workers.app.health import Finding, HealthReport

_SUBJECT_WIDTH = 16


@click.command("health")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, as_json: bool) -> int:
    """Show how the broker is, what needs a hand, and what to do.

    Nothing is changed. Reads whole tables: once a minute is often enough. Exits with 1 if anything
    needs a hand.
    """
    with opened(migrate=False) as app:
        report = health.look(app)
        if report is None:
            name = name_of(app.broker)
            raise UsageMistakeError(f"{name} keeps its messages elsewhere; ask it there.")
    findings = health.findings(report)
    if as_json:
        print_json({"findings": findings, "report": report})
    else:
        console = output()
        _show_queues(console, report)
        _show_workers(console, report)
        _show_dead(console, report)
        _show_tables(console, report)
        for finding in findings:
            _show(console, finding)
    return DONE if all(finding.good for finding in findings) else BAD_INPUT


def _show(console: Console, finding: Finding) -> None:
    line = Text("OK    " if finding.good else "HAND  ", style="green" if finding.good else "red")
    line.append(f"{plain(finding.subject):<{_SUBJECT_WIDTH}} ", style="default")
    line.append(plain(finding.text), style="default")
    console.print(line)
    if finding.remedy:
        console.print(Text(f"      -> {plain(finding.remedy)}"))


def _show_queues(console: Console, report: HealthReport) -> None:
    controls = {control.queue: control for control in report.controls}
    columns = (
        Column("queue"),
        *(Column(name, right=True) for name in ("ready", "scheduled", "leased", "dead")),
        Column("oldest ready", right=True),
        Column("limit", right=True),
        Column(""),
    )
    rows = []
    for each in report.queues:
        control = controls.get(each.queue)
        limit = None if control is None else control.global_limit
        rows.append(
            (
                *(each.queue, each.ready, each.scheduled, each.leased, each.dead),
                duration(each.oldest_ready_seconds),
                limit,
                "paused" if each.paused else "",
            )
        )
    _show_some(console, "Queues", columns, rows)


def _show_workers(console: Console, report: HealthReport) -> None:
    columns = (
        Column("worker"),
        Column("heartbeat", right=True),
        Column("leased", right=True),
        Column("threads", right=True),
        Column("state", style=lambda value: "red" if value == "overdue" else ""),
        Column("queues", fold=True),
    )
    rows = []
    for each in report.workers:
        alive = "draining" if each.draining else "alive"
        rows.append(
            (
                f"{each.host}:{each.pid}",
                duration(each.heartbeat_age),
                each.leased,
                each.threads,
                "overdue" if each.heartbeat_age > report.dead_after else alive,
                each.queues,
            )
        )
    _show_some(console, "Workers", columns, rows)


def _show_dead(console: Console, report: HealthReport) -> None:
    columns = (
        Column("queue"),
        *(Column(name, right=True) for name in ("1 hour", "1 day", "7 days", "all")),
        Column("oldest"),
    )
    rows = [
        (each.queue, each.hour, each.day, each.week, each.total, each.oldest)
        for each in report.dead
    ]
    _show_some(console, "Dead messages", columns, rows)


def _show_tables(console: Console, report: HealthReport) -> None:
    columns = (
        Column("table"),
        *(Column(name, right=True) for name in ("rows", "dead rows", "", "vacuum at")),
        *(Column(name, right=True) for name in ("size", "indexes")),
        Column("last vacuum"),
        Column("settings of its own", fold=True),
    )
    rows = [
        (
            *(each.name, each.live, each.dead, f"{each.dead_ratio:.0%}", f"{each.due_at:.0f}"),
            *(size(each.table_bytes), size(each.index_bytes)),
            max(filter(None, (each.vacuumed_at, each.autovacuumed_at)), default=None),
            [setting.removeprefix("autovacuum_") for setting in each.settings],
        )
        for each in report.vacuum.tables
    ]
    _show_some(console, "Tables", columns, rows)


def _show_some(
    console: Console, title: str, columns: Sequence[Column], rows: Sequence[Sequence[object]]
) -> None:
    if rows:
        show_table(console, title, columns, rows)
    else:
        console.print(f"{title}: none.")
    console.print()
