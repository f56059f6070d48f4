"""`scout-workers doctor`: what this is connected to, what is wrong, and what to do."""

from __future__ import annotations

import click
from rich.text import Text

from scout_workers.cli.console import output, plain, print_json
from scout_workers.cli.doctor.examination import examine
from scout_workers.cli.doctor.findings import Finding, Level
from scout_workers.cli.errors import BAD_INPUT, DONE, verbose_option
from scout_workers.cli.lazy import Door, Doors
from scout_workers.cli.opening import load_settings
from scout_workers.cli.tables import Column, show_table
from scout_workers.settings import describe

_STYLES = {Level.OK: "green", Level.WARN: "yellow", Level.ERROR: "bold red"}
_SUBJECT_WIDTH = 21


@click.group(
    "doctor",
    cls=Doors,
    package=__name__,
    doors={"pools": Door("pools", "Say how large pools and slots need be, with the arithmetic.")},
    invoke_without_command=True,
)
@click.option(
    "--settings", "show_settings", is_flag=True, help="Only list every setting, and its source."
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
@click.pass_context
def command(ctx: click.Context, *, show_settings: bool, as_json: bool) -> int:
    """Say what this is connected to, what is wrong, and what to do.

    Nothing is changed, but for a small blob that is written and deleted. Exits with 1 if there is
    an ERROR.
    """
    if ctx.invoked_subcommand is not None:
        return DONE
    settings = load_settings()
    if show_settings:
        rows = describe(settings)
        if as_json:
            print_json(rows)
        else:
            columns = (Column("setting"), Column("value", fold=True), Column("from", fold=True))
            show_table(output(), "", columns, [(row.name, row.value, row.origin) for row in rows])
        return DONE
    findings = []
    for finding in examine(settings):
        findings.append(finding)
        if not as_json:
            _show(finding)
    if as_json:
        print_json(findings)
    bad = any(finding.level is Level.ERROR for finding in findings)
    return BAD_INPUT if bad else DONE


def _show(finding: Finding) -> None:
    console = output()
    line = Text(f"{finding.level:<5} ", style=_STYLES[finding.level])
    line.append(f"{plain(finding.subject):<{_SUBJECT_WIDTH}} ", style="default")
    line.append(plain(finding.text), style="default")
    console.print(line)
    if finding.remedy:
        console.print(Text(f"      -> {plain(finding.remedy)}"))
