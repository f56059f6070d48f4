"""An S3 that breaks off, lies, floods or is not there: none of it is ever taken for an image."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from fix_http import answer, drips, head, sends, then_hangs_up, then_resets
from fix_s3 import options_at

from scout_workers.blobs.protocol import BlobError
from scout_workers.blobs.s3 import S3Store
from scout_workers.domain.captures import BlobRef
from scout_workers.domain.errors import ErrorClass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fix_http import Behaviour, Exchange, HTTPServer, StartRawServer

REF = BlobRef("bucket", "yard/1.jpg")
LIMIT = 1_000_000
LONG = 400 * b"x"  # at 0.05 s a byte, 20 s of dripping

# Each looks like a success until one counts.
CUT_SHORT: dict[str, Behaviour] = {
    "no answer": then_hangs_up(b""),
    "headers cut": then_hangs_up(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nConte"),
    "no body": then_hangs_up(head(content_length=10)),
    "body cut": then_hangs_up(head(content_length=10) + b"12345"),
    "no length": then_hangs_up(head() + b"12345"),
    "last chunk missing": then_hangs_up(head(transfer_encoding="chunked") + b"5\r\n12345\r\n"),
    "chunk cut": then_hangs_up(head(transfer_encoding="chunked") + b"5\r\n12"),
    "reset at once": then_resets(),
    "reset in the body": then_resets(head(content_length=10) + b"12345"),
    "no HTTP": then_hangs_up(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "100 Continue and gone": then_hangs_up(b"HTTP/1.1 100 Continue\r\n"),
}


@pytest.fixture
def store(http_server: HTTPServer) -> Iterator[S3Store]:
    store = S3Store("bucket", options=options_at(http_server.url))
    yield store
    store.close()


@contextmanager
def ends_within(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def read(store: S3Store) -> object:
    return store.read(REF, limit=LIMIT)


def write(store: S3Store) -> None:
    store.write(REF, b"picture", content_type="image/jpeg")


def error_of(call: Callable[[], object]) -> BlobError:
    with pytest.raises(BlobError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("call", [read, write])
@pytest.mark.parametrize("behaviour", CUT_SHORT.values(), ids=CUT_SHORT)
def test_an_answer_cut_short_is_never_a_success(
    http_server: HTTPServer,
    store: S3Store,
    behaviour: Behaviour,
    call: Callable[[S3Store], object],
) -> None:
    http_server.plays(behaviour)
    with ends_within(10):
        error = error_of(lambda: call(store))
    assert error.error_class is ErrorClass.NETWORK


def test_what_the_server_sends_past_its_own_length_is_no_part_of_any_image(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(
        sends(head(content_length=5) + b"first" + head(content_length=5) + b"wrong"),
        answer(b"second"),
    )
    assert store.read(REF, limit=LIMIT) == b"first"
    assert store.read(REF, limit=LIMIT) == b"second"


def test_a_body_over_the_limit_is_refused_before_it_is_downloaded(
    http_server: HTTPServer, store: S3Store
) -> None:
    http_server.plays(drips(head(content_length=50_000_000), LONG))
    with ends_within(10):
        error = error_of(lambda: read(store))
    assert error.error_class is ErrorClass.IMAGE_TOO_LARGE
    assert "50000000 bytes" in error.detail


def test_a_body_of_untold_length_is_refused_once_it_passes_the_limit(
    http_server: HTTPServer, store: S3Store
) -> None:
    chunk = b"10000\r\n" + 65_536 * b"x" + b"\r\n"
    sent: list[int] = []

    def floods(exchange: Exchange) -> None:
        exchange.peer.send(head(transfer_encoding="chunked"))
        while exchange.peer.goes_on():
            exchange.peer.send(chunk)
            sent.append(65_536)

    http_server.plays(floods)
    with ends_within(10):
        error = error_of(lambda: read(store))
    assert error.error_class is ErrorClass.IMAGE_TOO_LARGE
    assert sum(sent) < 50_000_000


@pytest.mark.parametrize("call", [read, write])
def test_an_endless_explanation_of_an_error_is_not_read_to_its_end(
    http_server: HTTPServer, store: S3Store, call: Callable[[S3Store], object]
) -> None:
    http_server.plays(sends(head(503, content_length=50_000_000) + 300_000 * b"x"))
    with ends_within(10):
        error = error_of(lambda: call(store))
    assert error.error_class is ErrorClass.OVERLOADED


def test_nobody_listening_is_a_network_error_at_once(raw_server: StartRawServer) -> None:
    with raw_server(lambda peer: peer.hang_up()) as server:
        url = server.url
    store = S3Store("bucket", options=options_at(url))
    with ends_within(0.5):
        error = error_of(lambda: read(store))
    assert error.error_class is ErrorClass.NETWORK


def test_an_unknown_host_is_a_network_error(
    store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolver(*_asked: object, **_how: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    error = error_of(lambda: read(store))
    assert error.error_class is ErrorClass.NETWORK
    assert "Name or service not known" in error.detail
