"""`why` of captures: situations staged in a real database, and the sentence of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import dramatiq
import pytest
from fix_reports import ANALYZED, FINISHED
from fix_store import FIRST_MOMENT
from fix_why import LEASE, LONG, WORKING, said

from scout_workers import messages
from scout_workers.domain.backfills import Selection, Throttle
from scout_workers.domain.calls import ModelName
from scout_workers.domain.captures import CaptureState
from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.domain.failures import failure_of
from scout_workers.oncall import why
from scout_workers.store import analyses, backfills, budgets, captures, gates, switches

if TYPE_CHECKING:
    from fix_store import Database, Yard

    from scout_workers.app import App
    from scout_workers.store.analyses import Analysis

LATER = """
    UPDATE scout_broker.message
    SET state = 'scheduled', lease_owner = NULL, available_at = now() + interval '10 min'
    WHERE id = %s
"""


@pytest.fixture
def store_route(store_url: str) -> str:
    """Straight: these statements are read only, and plain."""
    return store_url


@pytest.fixture
def working(database: Database) -> UUID:
    """A worker that serves the queues of analyses."""
    found = uuid4()
    database.rows(WORKING, found, ["processing", "backfill"], LONG)
    return found


def begin(yard: Yard, capture_id: UUID, token: str) -> Analysis:
    with yard.store.transaction() as tx:
        begun = analyses.begin(tx, capture_id, token)
    assert begun is not None
    return begun


def test_a_capture_that_waits_says_for_whom(
    wondering: App, yard: Yard, working: UUID, database: Database
) -> None:
    assert working
    here, there = yard.capture(1), yard.capture(2)
    said(wondering, here, why.State.NOT_ASKED, "no message asks for it -> scout-workers backfill")
    for each in (there, here):
        messages.analyze_capture(each).send()
    said(wondering, str(here)[:13], why.State.BEHIND, "1 is before it in queue processing")

    for switch, command in (
        (switches.organization(yard.organization_id), "organization resume Acme"),
        (switches.camera(yard.organization_id, yard.camera_id), "camera resume yard"),
        (switches.provider("counting"), "provider resume counting"),
    ):
        with yard.store.transaction() as tx:
            switches.pause(tx, switch, reason="dirt", paused_by="ann")
        said(wondering, here, why.State.PAUSED, "is paused by ann since", ": dirt", command)
        with yard.store.transaction() as tx:
            switches.resume(tx, switch)

    with yard.store.transaction() as tx:
        gates.close(tx, ModelName("counting", "counting-v1"), ErrorClass.OVERLOADED, 600.0)
    said(wondering, here, why.State.GATE, "counting/counting-v1 asked all of us to stay", "9 min")
    database.rows("UPDATE scout.profile_versions SET state = 'retired'")
    other = yard.capture(3)
    said(wondering, other, why.State.NOT_ASKED, "its camera yard has no active profile")


def test_a_capture_that_was_begun_says_what_became_of_it(
    wondering: App, yard: Yard, working: UUID, database: Database
) -> None:
    here = yard.capture(1)
    messages.analyze_capture(here).send()
    row = int(database.value("SELECT id FROM scout_broker.message"))
    # Deferred by the real admission: nobody knows a price, so no budget could be kept.
    with yard.store.transaction() as tx:
        budgets.set_limit(tx, yard.organization_id, "day", 1)
    assert begin(yard, here, f"{row}:1:{working}:x").call.refusal is not None
    database.rows(LATER, row)
    said(
        wondering,
        here,
        why.State.BUDGET,
        "no price is known of counting/counting-v1",
        "it looks again in 9 min",
        "budget set Acme",
    )

    with yard.store.transaction() as tx:
        budgets.set_limit(tx, yard.organization_id, "day", None)
    begun = begin(yard, here, f"{row}:2:{working}:x")
    database.rows(LEASE, working, "3 s", row)
    said(wondering, here, why.State.UNDER_WAY, "yard-1:4711 has had it for ")

    broken = ScoutError(ErrorClass.NETWORK, "the line broke")
    with yard.store.transaction() as tx:
        analyses.fail(tx, begun, failure_of(broken, sent=False))
    database.rows(LATER, row)
    _count_a_retry(database, row)
    said(wondering, here, why.State.RETRY, "it failed once: network: the line broke; it is tried")

    database.rows("DELETE FROM scout_broker.message")
    said(wondering, here, why.State.LOST, "is pending and its message is gone")
    begun = begin(yard, here, f"{row}:3:{working}:x")
    refused = ScoutError(ErrorClass.REFUSED, "it will not look at this")
    with yard.store.transaction() as tx:
        analyses.fail(tx, begun, failure_of(refused, sent=False))
    said(
        wondering,
        here,
        why.State.FAILED,
        "after 3 attempts: refused: it will not look at this",
        "analyses rerun --camera yard --organization Acme --failed",
    )


def test_a_capture_that_is_over_or_on_a_list_says_so(
    wondering: App, yard: Yard, database: Database
) -> None:
    done, broken, listed = (yard.capture(number) for number in (1, 2, 3))
    database.rows(FINISHED, done, ANALYZED)
    said(wondering, ANALYZED, why.State.DONE, "it was analysed at 20")
    with yard.store.transaction() as tx:
        captures.set_state(tx, broken, CaptureState.UNREADABLE, "no JPEG at all")
        wanted = Selection(yard.organization_id, sample=1)
        found, _ = backfills.plan(tx, wanted, Throttle(), wish="one", by="test", total=1)
        backfills.list_captures(tx, found, [(FIRST_MOMENT, listed)])
    said(wondering, broken, why.State.UNREADABLE, "unreadable: no JPEG at all; it is never paid")
    said(wondering, listed, why.State.PAUSED, f"backfill {str(found)[:8]}, which is planned")
    with yard.store.transaction() as tx:
        backfills.start(tx, found, by="test")
    said(wondering, listed, why.State.BEHIND, "which has not come to it yet")


def _count_a_retry(database: Database, row: int) -> None:
    payload = database.value("SELECT payload FROM scout_broker.message WHERE id = %s", row)
    message: dramatiq.Message[Any] = dramatiq.Message.decode(bytes(payload))
    message.options["retries"] = 1
    database.rows(
        "UPDATE scout_broker.message SET payload = %s WHERE id = %s", message.encode(), row
    )
