"""A receipt that cannot reach the database: the answer is kept, found, and not paid for again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from fix_asking import Desk, parse

from scout_workers.asking import question, spool
from scout_workers.blobs.files import FileStore
from scout_workers.blobs.protocol import BlobError
from scout_workers.broker import Pool
from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.store import Store
from scout_workers.store.core import AWAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fix_proxy import Cable, MakeCable
    from fix_store import Database, Yard

    from scout_workers.domain.calls import Answer, ModelName
    from scout_workers.domain.captures import BlobRef


@pytest.fixture
def store_route(store_url: str) -> str:
    """Straight: the cable is the way."""
    return store_url


@pytest.fixture
def cable(make_cable: MakeCable, store_url: str, monkeypatch: pytest.MonkeyPatch) -> Cable:
    monkeypatch.setattr(question, "RECEIPT_SECONDS", 0.2)
    return make_cable(store_url)


@pytest.fixture
def pool(cable: Cable) -> Iterator[Pool]:
    made = Pool(cable.url, application_name="cut", max_size=2)
    yield made
    made.close()


@pytest.fixture
def far_desk(pool: Pool, yard: Yard, database: Database, tmp_path: Path) -> Desk:
    """A desk whose database is at the other end of the cable."""
    return Desk(Store(pool, checkout_seconds=0.3), yard, database, FileStore(tmp_path))


def _cut_while_asked(desk: Desk, cable: Cable) -> None:
    """Have the answer come, paid, when the database is away; then mend the cable."""

    def prepare(name: ModelName, complaint: str | None) -> Callable[[], Answer]:
        ask = desk.prepare(name, complaint)

        def cut() -> Answer:
            answer = ask()
            cable.refuse()
            return answer

        return cut

    desk.sayings.append("paid once")
    asked = desk.begin()
    with pytest.raises(AWAY):
        asked.answered(prepare, parse)
    cable.mend()


def _calls(desk: Desk) -> list[tuple[object, ...]]:
    return desk.database.rows("SELECT status, raw_answer FROM scout.llm_calls ORDER BY started_at")


def _folder(desk: Desk) -> Path:
    return desk.blobs._root


def _spooled(desk: Desk) -> int:
    return len(list(_folder(desk).rglob("receipts/*.json")))


def test_an_answer_in_the_spool_is_not_paid_for_again(far_desk: Desk, cable: Cable) -> None:
    _cut_while_asked(far_desk, cable)
    assert _spooled(far_desk) == 1

    assert far_desk.put() == "PAID ONCE"

    assert len(far_desk.asked) == 1
    assert _calls(far_desk) == [("succeeded", "paid once"), ("void", None)]
    assert _spooled(far_desk) == 0
    assert far_desk.put() == "PAID ONCE"


def test_control_without_the_spool_it_is_paid_twice_and_in_doubt(
    far_desk: Desk, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "keep", lambda *_: False)
    _cut_while_asked(far_desk, cable)
    assert far_desk.put("paid twice") == "PAID TWICE"
    assert len(far_desk.asked) == 2
    assert _calls(far_desk) == [("in_doubt", None), ("succeeded", "paid twice")]


def test_what_nobody_comes_for_is_picked_up_once_nobody_can_be_at_work_on_it(
    far_desk: Desk, cable: Cable
) -> None:
    _cut_while_asked(far_desk, cable)
    assert spool.run_once(far_desk.store, far_desk.blobs) == 0
    far_desk.database.rows(
        "UPDATE scout.llm_calls SET started_at = now() - interval '1 hour', expires_at = now()"
    )
    assert spool.run_once(far_desk.store, far_desk.blobs) == 1
    assert spool.run_once(far_desk.store, far_desk.blobs) == 0
    assert _calls(far_desk) == [("succeeded", "paid once")]
    assert _spooled(far_desk) == 0
    assert far_desk.put() == "PAID ONCE"


def test_a_call_in_doubt_is_no_longer_once_its_receipt_is_picked_up(
    far_desk: Desk, cable: Cable
) -> None:
    _cut_while_asked(far_desk, cable)
    far_desk.database.rows("UPDATE scout.llm_calls SET status = 'in_doubt', settled_at = now()")
    assert spool.run_once(far_desk.store, far_desk.blobs) == 1
    assert _calls(far_desk) == [("succeeded", "paid once")]


def test_where_another_call_is_under_way_the_receipt_is_a_late_one(
    far_desk: Desk, cable: Cable
) -> None:
    _cut_while_asked(far_desk, cable)
    far_desk.begin()
    assert spool.run_once(far_desk.store, far_desk.blobs) == 1
    assert _calls(far_desk) == [("in_doubt", "paid once"), ("started", None)]


def test_what_is_no_receipt_is_left_alone_and_said(
    far_desk: Desk, cable: Cable, caplog: pytest.LogCaptureFixture
) -> None:
    _cut_while_asked(far_desk, cable)
    (file,) = _folder(far_desk).rglob("receipts/*.json")
    file.write_text('{"call_id": "another"}')
    assert far_desk.put("asked again") == "ASKED AGAIN"
    assert "is no receipt" in caplog.text


class _Mute(FileStore):
    """A blob store that does not say what it has."""

    def exists(self, ref: BlobRef) -> bool:
        raise BlobError(ErrorClass.NETWORK, f"no word of {ref.key}")


def test_while_the_blob_store_will_not_say_nobody_is_paid(far_desk: Desk, cable: Cable) -> None:
    _cut_while_asked(far_desk, cable)
    far_desk.blobs = _Mute(_folder(far_desk))
    with pytest.raises(ScoutError, match="no word"):
        far_desk.put("never said")
    assert len(far_desk.asked) == 1
    far_desk.blobs, far_desk.sayings = FileStore(_folder(far_desk)), far_desk.sayings.__class__()
    assert far_desk.put() == "PAID ONCE"


def test_an_answer_that_can_be_kept_nowhere_is_said_to_be_in_doubt(
    far_desk: Desk, cable: Cable, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_way = _folder(far_desk).joinpath("scout", "receipts")
    in_the_way.parent.mkdir()
    in_the_way.touch()
    with caplog.at_level(logging.ERROR):
        _cut_while_asked(far_desk, cable)
    assert "in doubt" in caplog.text
    assert "paid once" not in caplog.text


def test_the_sweep_goes_on_from_page_to_page(
    far_desk: Desk, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "_PAGE", 1)
    _cut_while_asked(far_desk, cable)
    far_desk.database.rows("UPDATE scout.llm_calls SET status = 'in_doubt', settled_at = now()")
    far_desk.database.rows(
        "INSERT INTO scout.llm_calls (id, organization_id, request_key, purpose, subject_id, "
        "provider, model, status, lease_token, expires_at, settled_at, local_day) "
        "SELECT %s, organization_id, 'other', purpose, subject_id, provider, model, status, "
        "lease_token, expires_at, now(), local_day FROM scout.llm_calls",
        UUID(int=1),
    )
    assert spool.run_once(far_desk.store, far_desk.blobs) == 1
