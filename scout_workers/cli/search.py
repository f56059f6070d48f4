"""`scout-workers search`: find pictures, summaries and insights by what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scout_workers.cli import search_report
from scout_workers.cli.console import output, print_json
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.moments import HELP, METAVAR, moment
from scout_workers.cli.opening import opened
from scout_workers.cli.tables import show_table
from scout_workers.domain.observations import Severity
from scout_workers.domain.texts import Scope, TextKind, at_least, kinds_of
from scout_workers.searching import Query, QueryError, Search
from scout_workers.store import searches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from scout_workers.app import App
    from scout_workers.searching import Outcome
    from scout_workers.store import Transaction
    from scout_workers.store.searches import Organization


@click.command("search")
@click.argument("text")
@click.option("--organization", help="Whose; not needed where there is one only.")
@click.option("--camera", "cameras", multiple=True, help="Only of this camera; may be repeated.")
@click.option("--since", metavar=METAVAR, help=f"Seen then or later: {HELP}.")
@click.option("--until", metavar=METAVAR, help="Seen before then.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([kind.value for kind in TextKind if kind is not TextKind.HEADLINE]),
    help="Only texts of this kind; may be repeated. A picture's headline is an observation.",
)
@click.option(
    "--severity", type=click.Choice([each.value for each in Severity]), help="At least so severe."
)
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=200),
    default=20,
    show_default=True,
    help="The most to show.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(
    *,
    text: str,
    organization: str | None,
    cameras: Sequence[str],
    since: str | None,
    until: str | None,
    kinds: Sequence[str],
    severity: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Find pictures, summaries and insights by what is said of them.

    TEXT is searched for by its words ("a phrase", or, and -not are understood) and by likeness,
    and both rankings are merged. A picture is one row, by the best of its texts; the last column is
    where it lies: of a summary the gravest picture, of an insight the first that it cites.

    A summary counts as seen when its hour or day began, an insight when the first observation was
    that it cites. With --camera, what is of several cameras is left out.
    """
    with opened(migrate=False) as app:
        with app.store.transaction() as tx:
            whose = _organization(tx, organization)
            scope = Scope(
                whose.id,
                cameras=_cameras(tx, whose, cameras),
                kinds=kinds_of(map(TextKind, kinds)),
                severities=at_least(None if severity is None else Severity(severity)),
                **_times(whose, since, until),
            )
        outcome = _run(app, text, scope, limit)
        settings = app.settings
    if outcome.note is not None:
        click.echo(f"{outcome.note[:1].upper()}{outcome.note[1:]}.", err=True)
    if as_json:
        print_json(search_report.data(outcome, whose, settings))
    elif not outcome.hits:
        click.echo("Nothing matches.", err=True)
    else:
        rows = [search_report.row(hit, whose.time_zone, settings) for hit in outcome.hits]
        show_table(output(), "", search_report.COLUMNS, rows)


def _run(app: App, text: str, scope: Scope, limit: int) -> Outcome:
    try:
        query = Query(text, scope, limit)
    except QueryError as error:
        sentence = str(error)
        raise UsageMistakeError(f"{sentence[:1].upper()}{sentence[1:]}.") from error
    return Search(app.store, app.models, app.blobs).run(query)


def _organization(tx: Transaction, name: str | None) -> Organization:
    found = searches.organizations(tx, name)
    if len(found) == 1:
        return found[0]
    if name is not None:
        there = ", ".join(repr(each.name) for each in searches.organizations(tx, None))
        raise UsageMistakeError(f"There is no organization {name!r}; there is: {there or 'none'}.")
    if not found:
        raise UsageMistakeError("There is nothing to search yet: import pictures first.")
    there = ", ".join(repr(each.name) for each in found)
    raise UsageMistakeError(f"Say whose texts to search, with --organization: {there}.")


def _cameras(tx: Transaction, whose: Organization, names: Sequence[str]) -> tuple[UUID, ...] | None:
    if not names:
        return None
    found = searches.cameras(tx, whose.id, names)
    unknown = [name for name in names if name not in found]
    if unknown:
        raise UsageMistakeError(f"{whose.name!r} has no camera {unknown[0]!r}.")
    return tuple(found.values())


def _times(whose: Organization, since: str | None, until: str | None) -> dict[str, datetime | None]:
    return {
        "since": None if since is None else moment(since, whose.time_zone),
        "until": None if until is None else moment(until, whose.time_zone),
    }
