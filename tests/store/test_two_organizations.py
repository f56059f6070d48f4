"""Two organizations in one database: whatever is asked for one tells nothing of the other.

A function that reads or writes for people is listed here with how it is called; a new one is added.
`tests/cli/test_two_organizations.py` does the same for the commands.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import pytest
from fix_store import FIRST_MOMENT, straight
from psycopg.errors import ForeignKeyViolation
from psycopg.sql import SQL

from scout_workers.cli.console import _jsonable
from scout_workers.domain import backfills
from scout_workers.domain.texts import Scope
from scout_workers.domain.windows import Subject, hour_of
from scout_workers.listeners.protocol import Audience, Listener, Target
from scout_workers.store import (
    Transaction,
    backfill_reports,
    budgets,
    cameras,
    costs,
    evals,
    events,
    profile_generations,
    profile_samples,
    report_camera,
    report_insights,
    report_places,
    report_profiles,
    report_summaries,
    reports,
    reruns,
    searches,
    summary_facts,
)
from scout_workers.store.reruns import Selection, Which

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fix_sides import Side
    from psycopg.sql import Composed

    from scout_workers.store import Store

pytestmark = straight

# What is asked of one's own organization, about whatever the other one has.
ASKED: dict[str, Callable[[Transaction, Side, Side], Any]] = {
    "captures": lambda tx, own, _: reports.captures(tx, organization=own.name),
    "analyses": lambda tx, own, _: reports.analyses(tx, organization=own.name),
    "cameras": lambda tx, own, _: cameras.named(tx, "yard", own.organization_id),
    "places": lambda tx, own, _: report_places.cameras(tx, own.organization_id),
    "organization": lambda tx, own, _: report_places.organizations(tx, own.name),
    "versions": lambda tx, own, _: report_profiles.versions(
        tx, organization_id=own.organization_id
    ),
    "versions of the other's camera": lambda tx, own, other: report_profiles.versions(
        tx, organization_id=own.organization_id, camera_id=other.camera_id
    ),
    "the other's version by its id": lambda tx, own, other: report_profiles.versions_like(
        tx, str(other.version_id), own.organization_id
    ),
    "calls": lambda tx, own, other: report_camera.calls(tx, own.organization_id, other.camera_id),
    "reruns": lambda tx, own, other: reruns.ask(
        tx,
        Selection(own.organization_id, camera_id=other.camera_id, which=Which.AGAIN, round="x"),
        by="ann",
    ),
    "reruns of all": lambda tx, own, _: reruns.ask(
        tx, Selection(own.organization_id, which=Which.AGAIN, round="x"), by="ann"
    ),
    "counts of reruns": lambda tx, own, other: reruns.count(
        tx, Selection(own.organization_id, version_id=other.version_id)
    ),
    "pictures to compare": lambda tx, own, other: evals.pick(
        tx, own.organization_id, other.camera_id, limit=9
    ),
    "runs to compare": lambda tx, own, other: evals.ask(
        tx, own.organization_id, [other.capture_id], own.version_id, by="ann"
    ),
    "comparisons": lambda tx, own, other: evals.pairs(
        tx, own.organization_id, [other.capture_id], (own.version_id, other.version_id)
    ),
    "prices": lambda tx, own, other: evals.price(
        tx, own.organization_id, "counting", f"model-of-{other.name}"
    ),
    "samples": lambda tx, own, other: profile_samples.pictures(
        tx, profile_samples.Whose(own.organization_id, other.camera_id, "yard", "UTC")
    ),
    "words": lambda tx, own, _: searches.found(
        tx, own.organization_id, searches.by_words(tx, Scope(own.organization_id), "van", limit=99)
    ),
    "words on the other's camera": lambda tx, own, other: searches.by_words(
        tx, Scope(own.organization_id, cameras=(other.camera_id,)), "van", limit=99
    ),
    "the other's texts by their ids": lambda tx, own, other: searches.found(
        tx,
        own.organization_id,
        searches.by_words(tx, Scope(other.organization_id), "van", limit=99),
    ),
    "summaries": lambda tx, own, _: report_summaries.summaries(
        tx, organization=own.name, history=True
    ),
    "insights": lambda tx, own, _: report_insights.days(tx, organization=own.name, history=True),
    "the facts of an hour": lambda tx, own, _: summary_facts.gather(
        tx, Subject(own.organization_id, own.camera_id, hour_of(FIRST_MOMENT))
    ),
    "costs by day": lambda tx, own, _: costs.costs(tx, "day", organization=own.name),
    "costs by camera": lambda tx, own, _: costs.costs(tx, "camera", organization=own.name),
    "costs by model": lambda tx, own, _: costs.costs(tx, "model", organization=own.name),
    "costs by purpose": lambda tx, own, _: costs.costs(tx, "purpose", organization=own.name),
    "budgets": lambda tx, own, _: budgets.show(tx, own.name),
    "backfills": lambda tx, own, _: backfill_reports.lines(tx, organization=own.name),
    "captures for a backfill": lambda tx, own, other: (
        backfill_reports.candidates(
            tx, backfills.Selection(own.organization_id, which=backfills.Which.MISSING)
        )
        + backfill_reports.candidates(tx, backfills.Selection(own.organization_id, other.camera_id))
    ),
}


class _NotKeptError(Exception):
    """Ends a transaction whose effects are not wanted."""


def _told(
    store: Store, sides: tuple[Side, Side], open_up: Callable[[Transaction], Transaction]
) -> dict[str, set[str]]:
    """Ask everything for both; return what was told of the other, by what was asked.

    What a key forbids tells nothing.
    """
    told: dict[str, set[str]] = {}
    for own, other in (sides, sides[::-1]):
        for name, ask in ASKED.items():
            with suppress(_NotKeptError, ForeignKeyViolation), store.transaction() as tx:
                answer = str(_jsonable(ask(open_up(tx), own, other)))
                if traces := {trace for trace in other.traces if trace in answer}:
                    told.setdefault(name, set()).update(traces)
                raise _NotKeptError
    return told


def test_nothing_of_the_other_organization_is_told(store: Store, sides: tuple[Side, Side]) -> None:
    assert _told(store, sides, lambda tx: tx) == {}


class Unscoped(Transaction):
    """A transaction whose statements are narrowed to no organization."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx.connection, tx.terms, tx.aside)

    def rows(self, query: SQL | Composed, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        scope = r"(\w+\.)?organization_id = %\(organization_id\)s(::uuid)?"
        open_to_all = SQL(re.sub(scope, "true", query.as_string()))
        return super().rows(open_to_all, {**parameters, "organization": None, "name": None})


UNGUARDED = {
    "analyses",
    "backfills",
    "budgets",
    "captures",
    "captures for a backfill",
    "costs by model",
    "insights",
    "organization",
    "summaries",
    "the other's texts by their ids",
    "words",
}
"""Where one forgotten condition would tell something: of the rest the keys are in the way too."""


def test_control_where_the_scope_is_left_out_the_same_walk_finds_traces(
    store: Store, sides: tuple[Side, Side]
) -> None:
    assert _told(store, sides, Unscoped).keys() >= UNGUARDED


def test_an_event_is_for_those_who_listen_to_its_organization(
    store: Store, sides: tuple[Side, Side]
) -> None:
    nobody = cast("Listener", None)
    audience = Audience({side.name: Target(nobody, frozenset({side.name})) for side in sides})
    for side in sides:
        with store.transaction() as tx:
            event = events.get(tx, side.event_id)
        assert event is not None
        assert audience.wanting(event) == [side.name]


def test_a_proposal_for_the_others_camera_is_refused(
    store: Store, sides: tuple[Side, Side]
) -> None:
    own, other = sides
    with pytest.raises(Exception, match="foreign key"), store.transaction() as tx:
        profile_generations.ask(tx, own.organization_id, other.camera_id, by="ann")
