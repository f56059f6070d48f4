"""`scout-workers summaries show`: one summary, what it was written from and what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from scout_workers.cli.console import cell, output, print_json
from scout_workers.cli.details import show_calls, state_text
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.filters import the_one
from scout_workers.cli.opening import opened
from scout_workers.cli.summaries.words import window
from scout_workers.cli.tables import short, show_fields
from scout_workers.cli.words import local, state_style
from scout_workers.store import report_summaries

if TYPE_CHECKING:
    from rich.console import Console

    from scout_workers.store.report_summaries import SummaryDetail


@click.command("show")
@click.argument("id_", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="For programs, with all the facts.")
@verbose_option
def show(*, id_: str, as_json: bool) -> None:
    """Show one summary, what it was written from and what it cost.

    ID may be abbreviated to its first digits, as `summaries list` shows them.
    """
    with opened(migrate=False) as app, app.store.transaction() as tx:
        summary_id = the_one(
            "summary", id_, lambda prefix: report_summaries.summaries_like(tx, prefix)
        )
        detail = report_summaries.summary(tx, summary_id)
    if detail is None:
        raise UsageMistakeError(f"The summary {summary_id} was just deleted.")
    if as_json:
        print_json(detail)
    else:
        _show(output(), detail)


def _show(console: Console, detail: SummaryDetail) -> None:
    facts = detail.facts
    console.print(Text(f"Summary {detail.id}", style="bold"))
    reason = ": ".join(filter(None, (detail.error_class, detail.error_detail)))
    counts = f"{facts['pictures']} described, {facts.get('unchanged', 0)} unchanged, "
    counts += f"{facts['unreadable']} unreadable, "
    counts += f"{facts['unseen']} without an answer"
    superseded = None if detail.superseded_by is None else short(detail.superseded_by)
    show_fields(
        console,
        [
            ("organization", detail.organization),
            ("camera", detail.camera or "all cameras"),
            (
                detail.kind,
                window(detail.kind, detail.window_start, detail.window_end, detail.time_zone),
            ),
            ("state", state_text(detail.state, reason)),
            ("current", "yes" if detail.current else f"no, superseded by {superseded or '-'}"),
            ("severity", cell(detail.severity, state_style(detail.severity))),
            ("headline", detail.headline),
            ("text", detail.text),
            ("pictures", counts),
            ("moments told", f"{len(facts['moments'])}, {facts['omitted']} left out"),
            ("facts", f"{detail.prompt_version} {detail.input_hash[:12]}"),
            ("written", local(detail.settled_at, detail.time_zone)),
        ],
    )
    show_calls(console, detail.calls, detail.time_zone)
