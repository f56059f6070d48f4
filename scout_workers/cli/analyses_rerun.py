"""`scout-workers analyses rerun`: have captures analysed once more, their old results kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from scout_workers import messages
from scout_workers.cli import moments
from scout_workers.cli.console import output, plain, print_json
from scout_workers.cli.errors import BAD_INPUT, DONE, UsageMistakeError, verbose_option
from scout_workers.cli.hand import hand
from scout_workers.cli.naming import camera_of, organization_of
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import Column, show_table
from scout_workers.cli.versions import version_of
from scout_workers.store import reruns
from scout_workers.store.reruns import Selection, Which

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from scout_workers.app import App
    from scout_workers.store import Transaction

_COLUMNS = (
    Column("model"),
    Column("captures", right=True),
    Column("under way", right=True),
    Column("to be analysed", right=True),
)


@dataclass(frozen=True, slots=True)
class _Result:
    """What a rerun came to, as programs read it."""

    captures: int
    asked: int


_EXAMPLES = """\b
Examples:
  scout-workers analyses rerun --camera yard --since 7d
  scout-workers analyses rerun --camera yard --failed
  scout-workers analyses rerun --camera yard --profile-version yard@3 --since 2026-06-01
  scout-workers analyses rerun --camera yard --again "after cleaning the lens"
"""


@click.command("rerun", epilog=_EXAMPLES)
@click.option("--camera", help="Only captures of the camera of this name. Default: of all.")
@click.option("--organization", help="Whose. Needed only where a name could mean several.")
@click.option("--since", metavar=moments.METAVAR, help=f"Taken then or later: {moments.HELP}.")
@click.option("--until", metavar=moments.METAVAR, help="Taken before then.")
@click.option(
    "--profile-version",
    metavar="VERSION",
    help="Look with this version (yard@3), whatever its state. Default: each camera's active one.",
)
@click.option("--failed", is_flag=True, help="Only captures whose latest analysis failed.")
@click.option(
    "--again",
    metavar="ROUND",
    help="Also captures that this version has looked at, once for each name of a round you choose "
    '("after cleaning the lens").',
)
@click.option("--dry-run", is_flag=True, help="Only say how many it would be.")
@click.option("--yes", is_flag=True, help="Do not ask before models are paid.")
@click.option("--json", "as_json", is_flag=True, help="For programs; does not ask either.")
@verbose_option
def rerun(
    *,
    camera: str | None,
    organization: str | None,
    since: str | None,
    until: str | None,
    profile_version: str | None,
    failed: bool,
    again: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Have captures analysed once more; what was seen before is kept beside it.

    Without more, each capture of the selection gets a run of its camera's active version if it
    has none of that version yet: after a new version was made active, this brings history under
    it. Workers do it on the queue backfill, never in the way of live captures.

    Stopped, or asked for twice, nothing is analysed twice: a capture whose run is under way is
    left alone, and a round of --again happens once. Exits with 1 if there was nothing to do.
    """
    if failed and again is not None:
        raise UsageMistakeError("--failed and --again are two different wishes: give one of them.")
    which = Which.FAILED if failed else Which.MISSING if again is None else Which.AGAIN
    with opened() as app:
        with app.store.transaction() as tx:
            scope = _scope(tx, camera, organization, profile_version)
            selection = Selection(
                scope.organization_id,
                scope.camera_id,
                _moment(since, scope),
                _moment(until, scope),
                scope.version_id,
                which,
                (again or "").strip(),
            )
            counts = reruns.count(tx, selection)
        wanted = sum(each.wanted for each in counts)
        if not as_json:
            _show(counts)
        if dry_run:
            if as_json:
                print_json({"models": counts})
            return DONE
        if wanted and not (yes or as_json):
            click.confirm(f"Have {wanted:,} analysed?", abort=True, err=True)
        result = _ask(app, selection)
    if as_json:
        print_json(result)
    else:
        click.echo(f"{result.asked:,} of {result.captures:,} captures are to be analysed now.")
    return DONE if result.asked else BAD_INPUT


@dataclass(frozen=True, slots=True)
class _Scope:
    organization_id: UUID
    camera_id: UUID | None
    version_id: UUID | None
    time_zone: str


def _scope(
    tx: Transaction, camera: str | None, organization: str | None, version: str | None
) -> _Scope:
    if camera is not None:
        found = camera_of(tx, camera, organization)
        whose, camera_id = found.organization, found.id
    elif version is not None and organization is None:
        named = version_of(tx, version, None)
        return _Scope(
            named.organization.id, named.camera_id, named.id, named.organization.time_zone
        )
    else:
        whose, camera_id = organization_of(tx, organization), None
    if version is None:
        return _Scope(whose.id, camera_id, None, whose.time_zone)
    named = version_of(tx, version, whose.name)
    if camera_id is not None and named.camera_id != camera_id:
        raise UsageMistakeError(
            f"{plain(named.title)} is a version of another camera than {plain(camera)}."
        )
    return _Scope(whose.id, named.camera_id, named.id, whose.time_zone)


def _moment(text: str | None, scope: _Scope) -> datetime | None:
    return None if text is None else moments.moment(text, scope.time_zone)


def _show(counts: list[reruns.Count]) -> None:
    if not counts:
        click.echo("No capture matches whose camera has such a version.", err=True)
        return
    rows = [
        (f"{each.provider} / {each.model}", each.captures, each.under_way, each.wanted)
        for each in counts
    ]
    show_table(output(), "", _COLUMNS, rows)


def _ask(app: App, selection: Selection) -> _Result:
    captures = asked = 0
    after = None
    while True:
        with app.store.transaction() as tx:
            page = reruns.ask(tx, selection, by=hand(), after=after)
            for run in page.asked:
                messages.analyze_capture(
                    run.capture_id, historical=True, analysis_id=run.analysis_id
                ).send(tx)
        captures += page.seen
        asked += len(page.asked)
        if page.rest is None:
            return _Result(captures, asked)
        after = page.rest
