"""`scout-workers profile show`: one version, its history and what it was used for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.cli.console import cell, output, print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.profile.policy import policy_words
from scout_workers.cli.tables import Column, show_fields, show_table
from scout_workers.cli.versions import version_of
from scout_workers.cli.words import local, state_style
from scout_workers.store import report_profiles

if TYPE_CHECKING:
    from scout_workers.store.report_profiles import Change, VersionLine

_COLUMNS = (
    Column("when"),
    Column("from"),
    Column("to", style=state_style),
    Column("by", fold=True),
    Column("why", fold=True),
)


@click.command("show")
@click.argument("version")
@click.option("--organization", help="Whose. Needed only where a name could mean several.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, version: str, organization: str | None, as_json: bool) -> None:
    """Show VERSION (yard@3, or yard for the active one): its contents and its history."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        line = version_of(tx, version, organization)
        history = report_profiles.history(tx, line.id)
    if as_json:
        print_json({"version": line, "history": history})
        return
    _show(line, history)


def _show(line: VersionLine, history: list[Change]) -> None:
    console = output()
    zone = line.organization.time_zone
    show_fields(
        console,
        [
            ("version", line.title),
            ("id", line.id),
            ("organization", line.organization.name),
            ("state", cell(line.state, state_style(line.state))),
            ("model", f"{line.provider} / {line.model}"),
            ("instructions", line.instructions or "none"),
            ("unchanged pictures", policy_words(line.skip_unchanged)),
            ("analyses", line.analyses),
            ("made", local(line.created_at, zone)),
            ("contents", line.content_hash[:16]),
        ],
    )
    if history:
        console.print()
        rows = [
            (
                local(step.changed_at, zone),
                step.from_state,
                step.to_state,
                step.changed_by,
                step.reason or None,
            )
            for step in history
        ]
        show_table(console, "History", _COLUMNS, rows)
