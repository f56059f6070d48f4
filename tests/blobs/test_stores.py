"""What both stores promise, tried on a real folder and a real S3 server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from scout_workers import deadline
from scout_workers.blobs.files import FileStore
from scout_workers.blobs.protocol import BlobError
from scout_workers.domain.captures import BlobRef
from scout_workers.domain.errors import ErrorClass
from scout_workers.phases import TransactionHeldError, holding_transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scout_workers.blobs.protocol import BlobStore

KEYS = [
    "yard/2026/11/23/0700.jpg",
    "one",
    "a name with spaces & + % ? # ; = ~.jpg",
    "Größe/日本/🦊.jpg",
    "%2e%2e/%2F.jpg",
    ".hidden/…/..jpg",
    "back\\slash",
    "n" * 200 + "/" + "m" * 200,
]


@pytest.fixture(params=["files", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "files":
        return FileStore(tmp_path / "blobs")
    found: BlobStore = request.getfixturevalue("s3_store")
    return found


def refused(call: Callable[[], object]) -> BlobError:
    with pytest.raises(BlobError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("key", KEYS)
def test_what_is_written_is_read_back_under_any_ordinary_key(store: BlobStore, key: str) -> None:
    data = bytes(range(256)) * 1000
    ref = store.ref(key)
    store.write(ref, data, content_type="image/jpeg")
    assert store.read(ref, limit=len(data)) == data
    assert store.exists(ref)


def test_a_second_write_replaces_the_first(store: BlobStore) -> None:
    ref = store.ref("yard/1.jpg")
    store.write(ref, b"a longer first picture", content_type="image/jpeg")
    store.write(ref, b"second", content_type="image/jpeg")
    assert store.read(ref, limit=100) == b"second"


def test_a_blob_that_was_never_written_is_missing(store: BlobStore) -> None:
    ref = store.ref("yard/none.jpg")
    assert not store.exists(ref)
    error = refused(lambda: store.read(ref, limit=100))
    assert error.error_class is ErrorClass.IMAGE_MISSING
    assert "yard/none.jpg" in error.detail


def test_a_key_below_a_blob_is_missing_not_an_error(store: BlobStore) -> None:
    store.write(store.ref("yard/1.jpg"), b"picture", content_type="image/jpeg")
    below = store.ref("yard/1.jpg/deeper")
    assert not store.exists(below)
    error = refused(lambda: store.read(below, limit=100))
    assert error.error_class is ErrorClass.IMAGE_MISSING


def test_a_deleted_blob_is_gone_and_deleting_it_again_is_no_error(store: BlobStore) -> None:
    ref = store.ref("yard/1.jpg")
    store.write(ref, b"picture", content_type="image/jpeg")
    store.delete(ref)
    assert not store.exists(ref)
    store.delete(ref)
    store.delete(store.ref("never/there"))


def test_a_blob_of_exactly_the_limit_is_read_and_one_byte_more_is_refused(
    store: BlobStore,
) -> None:
    ref = store.ref("yard/1.jpg")
    store.write(ref, b"12345678", content_type="image/jpeg")
    assert store.read(ref, limit=8) == b"12345678"
    error = refused(lambda: store.read(ref, limit=7))
    assert error.error_class is ErrorClass.IMAGE_TOO_LARGE
    assert "8 bytes" in error.detail


def test_an_empty_blob_can_be_written_but_is_never_read_as_an_image(store: BlobStore) -> None:
    ref = store.ref("yard/empty.jpg")
    store.write(ref, b"", content_type="image/jpeg")
    assert store.exists(ref)
    error = refused(lambda: store.read(ref, limit=100))
    assert error.error_class is ErrorClass.IMAGE_UNREADABLE


@pytest.mark.parametrize("key", ["", "a\0b", "\ud800", "k" * 1025, "é" * 513])
def test_a_key_that_no_store_can_hold_is_refused_by_every_method(
    store: BlobStore, key: str
) -> None:
    ref = BlobRef(store.ref("x").bucket, key)
    for call in every_call(store, ref):
        assert refused(call).error_class is ErrorClass.BAD_REQUEST


def test_every_method_refuses_to_run_inside_a_transaction(store: BlobStore) -> None:
    ref = store.ref("yard/1.jpg")
    for call in (*every_call(store, ref), store.check):
        with holding_transaction(), pytest.raises(TransactionHeldError):
            call()
    assert not store.exists(ref)


def test_nothing_begins_once_the_deadline_is_spent(store: BlobStore) -> None:
    ref = store.ref("yard/1.jpg")
    with deadline.starting(0.001) as budget:
        while budget.remaining():
            pass  # a millisecond
        for call in every_call(store, ref):
            with pytest.raises(deadline.DeadlineExceeded):
                call()
    assert not store.exists(ref)


def test_the_round_trip_for_doctor_succeeds(store: BlobStore) -> None:
    store.check()


def test_many_threads_share_one_store(store: BlobStore) -> None:
    def round_trip(number: int) -> bool:
        ref = store.ref(f"thread/{number}")
        data = str(number).encode() * 5000
        store.write(ref, data, content_type="text/plain")
        return store.read(ref, limit=len(data)) == data

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(round_trip, range(40)))


def every_call(store: BlobStore, ref: BlobRef) -> list[Callable[[], object]]:
    return [
        lambda: store.read(ref, limit=100),
        lambda: store.write(ref, b"picture", content_type="image/jpeg"),
        lambda: store.exists(ref),
        lambda: store.delete(ref),
    ]
