"""`scout-workers profile diff`: what two versions differ in."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING

import click

from scout_workers.cli.console import cell, output, print_json
from scout_workers.cli.errors import verbose_option
from scout_workers.cli.opening import opened
from scout_workers.cli.profile.policy import policy_words
from scout_workers.cli.versions import version_of

if TYPE_CHECKING:
    from scout_workers.store.report_profiles import VersionLine

_STYLES = {"+": "green", "-": "red", "@": "dim"}


@dataclass(frozen=True, slots=True)
class _Difference:
    field: str
    before: str
    after: str


@click.command("diff")
@click.argument("before", metavar="VERSION_A")
@click.argument("after", metavar="VERSION_B")
@click.option("--organization", help="Whose. Needed only where a name could mean several.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(*, before: str, after: str, organization: str | None, as_json: bool) -> None:
    """Show what VERSION_A and VERSION_B differ in; `eval` shows what comes of it."""
    with opened(migrate=False) as app, app.store.transaction() as tx:
        first, second = (version_of(tx, each, organization) for each in (before, after))
    found = [
        _Difference(field, old, new)
        for (field, old), (_, new) in zip(_contents(first), _contents(second), strict=True)
        if old != new
    ]
    if as_json:
        print_json({"before": first, "after": second, "differences": found})
        return
    console = output()
    if not found:
        click.echo(f"{first.title} and {second.title} are the same in all contents.")
    for each in found:
        console.print(cell(each.field, "bold"))
        old, new = each.before.splitlines(), each.after.splitlines()
        # The first two lines of a unified diff name files, and there are none.
        for line in list(unified_diff(old, new, lineterm="", n=2))[2:]:
            console.print(cell(line, _STYLES.get(line[:1], "")))


def _contents(version: VersionLine) -> list[tuple[str, str]]:
    return [
        ("model", f"{version.provider} / {version.model}"),
        ("instructions", version.instructions),
        ("unchanged pictures", policy_words(version.skip_unchanged)),
    ]
