"""What reports tell of a database whose contents are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict
from uuid import UUID, uuid4

import pytest
from fix_reports import ANALYZED
from fix_store import straight

from scout_workers.store import report_details, reports

if TYPE_CHECKING:
    from fix_store import Database, Yard

    from scout_workers.store import Store

pytestmark = straight


class Filters(TypedDict, total=False):
    organization: str
    camera: str
    state: str
    limit: int


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (Filters(), [2, 1, 0]),
        (Filters(limit=2), [2, 1]),
        (Filters(state="received"), [2, 1]),
        (Filters(state="readable"), [0]),
        (Filters(state="received", limit=1), [2]),
        (Filters(camera="yard", organization="Acme"), [2, 1, 0]),
        (Filters(camera="gate"), []),
        (Filters(organization="Nobody"), []),
    ],
)
def test_captures_are_listed_newest_first_and_narrowed(
    store: Store, captures: list[UUID], filters: Filters, numbers: list[int]
) -> None:
    with store.transaction() as tx:
        lines = reports.captures(tx, **filters)

    assert [line.id for line in lines] == [captures[number] for number in numbers]


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (Filters(), 1),
        (Filters(state="completed", camera="yard", organization="Acme"), 1),
        (Filters(state="failed"), 0),
        (Filters(camera="gate"), 0),
        (Filters(organization="Nobody"), 0),
    ],
)
def test_analyses_are_listed_and_narrowed(
    store: Store, captures: list[UUID], filters: Filters, count: int
) -> None:
    with store.transaction() as tx:
        lines = reports.analyses(tx, **filters)

    assert [(line.id, line.capture_id) for line in lines] == [(ANALYZED, captures[0])] * count


def test_a_capture_comes_with_its_latest_analysis(
    store: Store, captures: list[UUID], database: Database
) -> None:
    later = uuid4()
    database.rows(
        "INSERT INTO scout.analyses (id, organization_id, capture_id, profile_version_id, run_no,"
        " created_at) SELECT %s, organization_id, capture_id, profile_version_id, 2,"
        " now() + interval '1 s' FROM scout.analyses",
        later,
    )

    with store.transaction() as tx:
        line = reports.captures(tx, state="readable")[0]
        detail = report_details.capture(tx, captures[0])

    assert line.analysis_id == later
    assert detail is not None
    assert [each.id for each in detail.analyses] == [ANALYZED, later]
    assert [len(each.observations) for each in detail.analyses] == [2, 0]


def test_an_id_may_be_abbreviated_at_any_digit(store: Store, captures: list[UUID]) -> None:
    whole = str(captures[0])
    with store.transaction() as tx:
        for length in range(1, len(whole) + 1):
            assert captures[0] in reports.captures_like(tx, whole[:length])
        assert reports.captures_like(tx, whole.upper()) == [captures[0]]
        assert reports.captures_like(tx, whole.replace("-", "")) == [captures[0]]
        assert reports.analyses_like(tx, str(ANALYZED)[:9]) == [ANALYZED]


@pytest.mark.parametrize("typed", ["", "-", "xyz", "%", "0" * 33, "0' OR true --"])
def test_what_cannot_begin_an_id_is_refused(store: Store, typed: str) -> None:
    with store.transaction() as tx, pytest.raises(ValueError, match="is no id"):
        reports.captures_like(tx, typed)


def test_what_is_not_there_is_none(store: Store) -> None:
    with store.transaction() as tx:
        assert report_details.capture(tx, uuid4()) is None
        assert reports.capture_of_analysis(tx, uuid4()) is None
        assert reports.time_zone(tx, uuid4()) is None
        assert reports.known_keys(tx, "pictures", ["none"]) == {}


def test_known_keys_tell_what_they_were_called(
    store: Store, yard: Yard, database: Database
) -> None:
    yard.capture(1)
    database.rows("UPDATE scout.captures SET source = 'one.jpg'")

    with store.transaction() as tx:
        known = reports.known_keys(tx, "pictures", ["yard/0001.jpg", "yard/0002.jpg"])
        elsewhere = reports.known_keys(tx, "others", ["yard/0001.jpg"])

    assert known == {"yard/0001.jpg": "one.jpg"}
    assert elsewhere == {}
