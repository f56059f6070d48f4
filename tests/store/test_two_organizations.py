"""Two organizations in one database: whatever is asked for one tells nothing of the other.

A function that reads or writes for people is listed here with how it is called; a new one is added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from fix_store import Yard, straight

from scout_workers.cli.console import _jsonable
from scout_workers.store import (
    cameras,
    evals,
    organizations,
    profile_generations,
    profile_samples,
    profiles,
    report_camera,
    report_places,
    report_profiles,
    reports,
    reruns,
)
from scout_workers.store.reruns import Selection, Which

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from fix_store import Database

    from scout_workers.store import Store, Transaction

pytestmark = straight

DONE = """
    INSERT INTO scout.analyses (organization_id, capture_id, profile_version_id, state, headline,
        severity, settled_at)
    SELECT c.organization_id, c.id, v.id, 'completed', 'Seen by ' || o.name, 'info', now()
    FROM scout.captures AS c JOIN scout.organizations AS o ON o.id = c.organization_id
    JOIN scout.profile_versions AS v ON v.organization_id = o.id
"""


@dataclass(frozen=True)
class Side:
    """One of the two: both have a camera "yard", with an analysed capture and a draft."""

    name: str
    organization_id: UUID
    camera_id: UUID
    capture_id: UUID
    version_id: UUID


@pytest.fixture
def sides(store: Store, database: Database) -> tuple[Side, Side]:
    made: list[Side] = []
    for name in ("Acme", "Bolt"):
        with store.transaction() as tx:
            organization_id = organizations.find_or_create(tx, name)
            camera_id = cameras.find_or_create(tx, organization_id, "yard")
            version = profiles.ensure_active(
                tx,
                organization_id,
                camera_id,
                provider="counting",
                model=f"model-of-{name}",
                instructions=f"Wishes of {name}",
            )
        capture_id = Yard(store, organization_id, camera_id).capture(len(made) + 1)
        made.append(Side(name, organization_id, camera_id, capture_id, version.id))
    database.rows(DONE)
    return made[0], made[1]


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
}


@pytest.mark.parametrize("name", ASKED)
def test_nothing_of_the_other_organization_is_told(
    store: Store, sides: tuple[Side, Side], name: str
) -> None:
    for own, other in (sides, sides[::-1]):
        with store.transaction() as tx:
            told = str(_jsonable(ASKED[name](tx, own, other)))
        for trace in (other.name, other.organization_id, other.camera_id, other.capture_id):
            assert str(trace) not in told
        assert str(other.version_id) not in told


def test_the_traces_would_be_found(store: Store, sides: tuple[Side, Side]) -> None:
    own, other = sides
    with store.transaction() as tx:
        told = str(_jsonable([reports.captures(tx), report_profiles.versions(tx)]))
    assert all(str(trace) in told for trace in (own.name, other.capture_id, other.version_id))


def test_a_proposal_for_the_others_camera_is_refused(
    store: Store, sides: tuple[Side, Side]
) -> None:
    own, other = sides
    with pytest.raises(Exception, match="foreign key"), store.transaction() as tx:
        profile_generations.ask(tx, own.organization_id, other.camera_id, by="ann")
