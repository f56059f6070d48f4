"""How connections are kept, taken up again, cut and closed."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
from fix_http import answer, head, then_hangs_up
from fix_s3 import options_at

from scout_workers.blobs.protocol import BlobError
from scout_workers.blobs.s3 import S3Store
from scout_workers.domain.captures import BlobRef
from scout_workers.network.operation import bounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fix_http import HTTPServer

REF = BlobRef("bucket", "yard/1.jpg")


@pytest.fixture
def store(http_server: HTTPServer) -> Iterator[S3Store]:
    store = S3Store("bucket", options=options_at(http_server.url))
    yield store
    store.close()


def test_one_connection_serves_one_thread_call_after_call(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(answer(b"picture"))
    for _ in range(5):
        assert store.read(REF, limit=100) == b"picture"
        assert store.exists(REF)
    assert http_server.connections == 1


def test_a_kept_connection_found_dead_is_replaced_without_an_error(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(answer(b"first"), then_hangs_up(b""), answer(b"second"))
    assert store.read(REF, limit=100) == b"first"
    assert store.read(REF, limit=100) == b"second"
    assert http_server.connections == 2


def test_a_write_repeated_on_a_new_connection_sends_its_whole_body(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(answer(b"first"), then_hangs_up(b""), answer())
    store.read(REF, limit=100)
    store.write(REF, b"picture", content_type="image/jpeg")
    assert [request.body for request in http_server.requests] == [b"", b"picture", b"picture"]


def test_a_new_connection_that_dies_is_not_tried_again_here(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(then_hangs_up(b""))
    with pytest.raises(BlobError):
        store.read(REF, limit=100)
    assert len(http_server.requests) == 1


def test_an_answer_that_breaks_off_is_not_tried_again_here(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(answer(b"first"), then_hangs_up(head(content_length=9) + b"half"))
    store.read(REF, limit=100)
    with pytest.raises(BlobError):
        store.read(REF, limit=100)
    assert len(http_server.requests) == 2


def test_a_closed_store_leaves_no_connection_and_can_be_used_again(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(answer(b"picture"))
    store.read(REF, limit=100)
    store.close()
    gc.collect()  # a socket left open would be a ResourceWarning, and that an error
    assert store.read(REF, limit=100) == b"picture"
    assert http_server.connections == 2


def test_an_operation_whose_time_ends_late_cuts_nobody_elses_connection(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(answer(b"picture"))
    with bounded("the outer one", seconds=5, max_bytes=100) as outer:
        store._client.head_object(Bucket="bucket", Key="k")
        assert outer.holds()
        with bounded("the next one", seconds=5, max_bytes=100):
            store._client.head_object(Bucket="bucket", Key="k")
            assert not outer.holds()
            outer.cut()
            store._client.head_object(Bucket="bucket", Key="k")
    assert http_server.connections == 1


def test_an_operation_that_was_cut_lets_no_further_call_through(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(answer(b"picture"))
    with bounded("a blob", seconds=5, max_bytes=100) as operation:
        operation.cut()
        with pytest.raises(Exception, match=r"aborted|refused|connection"):
            store._client.head_object(Bucket="bucket", Key="k")
    assert not http_server.requests


def test_no_connection_is_made_where_nothing_would_end_it(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(answer(b"picture"))
    with pytest.raises(RuntimeError, match="outside bounded"):
        store._client.head_object(Bucket="bucket", Key="k")
    assert http_server.connections == 0


def test_the_request_goes_through_the_environments_proxy(
    http_server: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", http_server.url.replace("//", "//user:word@"))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    http_server.plays(answer(b"picture"))
    store = S3Store("bucket", options=options_at("http://s3.invalid"))
    assert store.read(REF, limit=100) == b"picture"
    [request] = http_server.requests
    assert request.path == "http://s3.invalid/bucket/yard/1.jpg"
    assert request.headers["proxy-authorization"] == "Basic dXNlcjp3b3Jk"
    store.close()


def test_dots_in_a_key_reach_the_server_as_they_were_signed(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(answer(b"picture"))
    store.read(BlobRef("bucket", "a/../b/./c//d"), limit=100)
    assert http_server.requests[0].path == "/bucket/a/../b/./c//d"
