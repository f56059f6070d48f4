from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scout_workers.domain.calls import Answer, Usage
from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.domain.failures import failure_of
from scout_workers.domain.leases import LeaseLostError
from scout_workers.domain.observations import Description, Observation, Severity
from scout_workers.store import analyses, ledger, observations, profiles

if TYPE_CHECKING:
    from fix_store import Database, Yard

    from scout_workers.store import Store
    from scout_workers.store.analyses import Analysis

SEEN = Description(
    headline="A van",
    severity=Severity.NOTICE,
    flags=("vehicle",),
    observations=(Observation("vehicle", "A van.", Severity.NOTICE, 0.5),),
)
ANSWER = Answer("{}", "m", Usage(), 0, "free", 1)


@pytest.fixture
def store_route(store_url: str) -> str:
    """Straight: what PgBouncer might make of these statements is shown by the actors' tests."""
    return store_url


@pytest.fixture
def analysis(store: Store, yard: Yard) -> Analysis:
    """An analysis that was begun and has its receipt."""
    capture_id = yard.capture()
    with store.transaction() as tx:
        begun = analyses.begin(tx, capture_id, "a claim")
        assert begun is not None
        ledger.receipt(tx, begun.call, ANSWER)
    return begun


def test_an_analysis_is_finished_once_even_by_whoever_holds_it(
    store: Store, analysis: Analysis, database: Database
) -> None:
    with store.transaction() as tx:
        event_id = analyses.finish(tx, analysis, SEEN)
    with pytest.raises(LeaseLostError), store.transaction() as tx:
        analyses.finish(tx, analysis, SEEN)
    assert database.rows("SELECT id FROM scout.events") == [(event_id,)]
    assert database.value("SELECT count(*) FROM scout.observations") == 1


def test_a_failure_may_be_written_twice_by_whoever_holds_the_analysis(
    store: Store, analysis: Analysis, database: Database
) -> None:
    failure = failure_of(ScoutError(ErrorClass.SCHEMA_INVALID, "no JSON"), sent=True)
    for _ in range(2):
        with store.transaction() as tx:
            event_id = analyses.fail(tx, analysis, failure)
    assert database.rows("SELECT id, kind FROM scout.events") == [(event_id, "analysis.failed")]
    assert database.rows("SELECT state, error_class FROM scout.analyses") == [
        ("failed", "schema_invalid")
    ]


def test_a_completed_analysis_cannot_fail_any_more(
    store: Store, analysis: Analysis, database: Database
) -> None:
    failure = failure_of(ScoutError(ErrorClass.NETWORK, "late"), sent=True)
    with store.transaction() as tx:
        analyses.finish(tx, analysis, SEEN)
    with pytest.raises(LeaseLostError), store.transaction() as tx:
        analyses.fail(tx, analysis, failure)
    assert database.rows("SELECT state, error_class FROM scout.analyses") == [("completed", None)]


def test_an_analysis_that_saw_nothing_is_complete_without_observations(
    store: Store, analysis: Analysis, database: Database
) -> None:
    with store.transaction() as tx:
        analyses.finish(tx, analysis, Description("Nothing", Severity.INFO, ()))
        assert observations.of(tx, analysis.id) == []
    assert database.rows("SELECT headline FROM scout.analyses") == [("Nothing",)]


def test_an_image_that_expired_meanwhile_stays_expired(
    store: Store, analysis: Analysis, database: Database
) -> None:
    database.rows("UPDATE scout.captures SET state = 'expired'")
    with store.transaction() as tx:
        analyses.finish(tx, analysis, SEEN)
    assert database.rows("SELECT state FROM scout.captures") == [("expired",)]


def test_a_run_in_progress_comes_before_a_settled_one_of_the_active_version(
    store: Store, yard: Yard, analysis: Analysis, database: Database
) -> None:
    with store.transaction() as tx:
        version = profiles.ensure_active(
            tx, yard.organization_id, yard.camera_id, provider="x", model="y", instructions=""
        )
    database.rows(
        "INSERT INTO scout.analyses (organization_id, capture_id, profile_version_id, run_no, "
        "state, settled_at) VALUES (%s, %s, %s, 2, 'skipped', now())",
        yard.organization_id,
        analysis.capture.id,
        version.id,
    )
    with store.transaction() as tx:
        again = analyses.begin(tx, analysis.capture.id, "a later claim")
        assert again is not None
        assert (again.id, again.profile, again.call.answer) == (
            analysis.id,
            analysis.profile,
            "{}",
        )


def test_another_run_of_the_same_version_is_begun_when_it_is_there(
    store: Store, analysis: Analysis, database: Database
) -> None:
    with store.transaction() as tx:
        analyses.finish(tx, analysis, SEEN)
        assert analyses.begin(tx, analysis.capture.id, "a later claim") is None
    database.rows(
        "INSERT INTO scout.analyses (organization_id, capture_id, profile_version_id, run_no) "
        "SELECT organization_id, capture_id, profile_version_id, 2 FROM scout.analyses"
    )
    with store.transaction() as tx:
        again = analyses.begin(tx, analysis.capture.id, "a later claim")
    assert again is not None
    assert again.run_no == 2
    assert again.call.answer is None
