"""A comparison under way: what it needs, asking for it, and waiting for the workers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from scout_workers import messages
from scout_workers.cli.console import messages as standard_error
from scout_workers.cli.hand import hand
from scout_workers.store import evals

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from scout_workers.app import App
    from scout_workers.store import Transaction
    from scout_workers.store.organizations import Organization
    from scout_workers.store.report_profiles import VersionLine

_LOOK_SECONDS = 0.5
_PAGE = 50
_FREE = "local"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two versions.

    Attributes:
        missing: How many of the pictures it has not looked at.
        under_way: How many of those are asked for already.
        estimate: What one may cost, in microdollars; None: nobody knows.
    """

    version: VersionLine
    missing: int
    under_way: int
    estimate: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions and the pictures they are compared on."""

    organization: Organization
    sides: tuple[Side, Side]
    captures: tuple[UUID, ...]

    @property
    def organization_id(self) -> UUID:
        """Whose it is."""
        return self.organization.id

    @property
    def version_ids(self) -> tuple[UUID, UUID]:
        """The versions."""
        return self.sides[0].version.id, self.sides[1].version.id

    @property
    def to_pay(self) -> int:
        """How many descriptions are to be asked for."""
        return sum(side.missing - side.under_way for side in self.sides)


def comparison(
    tx: Transaction,
    organization: Organization,
    versions: tuple[VersionLine, VersionLine],
    captures: Sequence[UUID],
) -> Comparison:
    """Find out what a comparison of these versions needs."""
    first, second = (_side(tx, organization.id, version, captures) for version in versions)
    return Comparison(organization, (first, second), tuple(captures))


def ask(app: App, wanted: Comparison) -> None:
    """Make the runs that are missing, with their messages; safe to repeat."""
    for side in wanted.sides:
        for start in range(0, len(wanted.captures), _PAGE):
            page = wanted.captures[start : start + _PAGE]
            with app.store.transaction() as tx:
                version_id = side.version.id
                for run in evals.ask(tx, wanted.organization_id, page, version_id, by=hand()):
                    messages.analyze_capture(
                        run.capture_id, historical=True, analysis_id=run.analysis_id
                    ).send(tx)


def wait(app: App, wanted: Comparison) -> None:
    """Wait until every picture is looked at under both versions, or never will be."""
    total = 2 * len(wanted.captures)
    columns = (TextColumn("looked at"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=standard_error(), transient=True) as progress:
        bar = progress.add_task("looked at", total=total)
        while (done := _settled(app, wanted)) < total:
            progress.update(bar, completed=done)
            time.sleep(_LOOK_SECONDS)


def _settled(app: App, wanted: Comparison) -> int:
    with app.store.transaction() as tx:
        pairs = evals.pairs(tx, wanted.organization_id, wanted.captures, wanted.version_ids)
    return sum(each is None or each.settled for pair in pairs for each in (pair.a, pair.b))


def _side(
    tx: Transaction, organization_id: UUID, version: VersionLine, captures: Sequence[UUID]
) -> Side:
    missing, under_way = evals.missing(tx, organization_id, captures, version.id)
    estimate = (
        0.0
        if version.provider == _FREE
        else evals.price(tx, organization_id, version.provider, version.model)
    )
    return Side(version, missing, under_way, estimate)
