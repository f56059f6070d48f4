"""An S3 that never comes to an end: every call ends by its budget and its deadline all the same."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from fix_http import drips, head, silent
from fix_s3 import options_at

from scout_workers import deadline
from scout_workers.blobs.options import S3Options
from scout_workers.blobs.protocol import READ_SECONDS, WRITE_SECONDS, BlobError
from scout_workers.blobs.s3 import S3Store
from scout_workers.domain.captures import BlobRef
from scout_workers.domain.errors import ErrorClass
from scout_workers.network.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fix_http import Behaviour, HTTPServer, Peer, StartRawServer

REF = BlobRef("bucket", "yard/1.jpg")
LIMIT = 1_000_000
LONG = 400 * b"x"  # at 0.05 s a byte, 20 s of dripping

# Each keeps the client waiting for ever; but for the first, no socket timeout ever passes.
ENDLESS: dict[str, Behaviour] = {
    "silent": silent,
    "status line drips": drips(b"", b"HTTP/1.1 200 " + LONG),
    "headers drip": drips(b"HTTP/1.1 200 OK\r\nX-Long: ", LONG),
    "interim answers drip": drips(b"", 20 * b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body drips": drips(head(content_length=len(LONG)), LONG),
    "chunks drip": drips(head(transfer_encoding="chunked"), 100 * b"1\r\nx\r\n"),
    "error body drips": drips(head(500, content_length=len(LONG)), LONG),
}


def hurried(url: str) -> S3Options:
    return replace(options_at(url), read_seconds=0.4, write_seconds=0.4, silence_seconds=30.0)


@pytest.fixture
def store(http_server: HTTPServer) -> Iterator[S3Store]:
    store = S3Store("bucket", options=hurried(http_server.url))
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
@pytest.mark.parametrize("behaviour", ENDLESS.values(), ids=ENDLESS)
def test_a_server_that_never_ends_is_cut_off_by_the_budget_with_no_deadline_set(
    http_server: HTTPServer, store: S3Store, behaviour: Behaviour, call: Callable[[S3Store], object]
) -> None:
    http_server.plays(behaviour)
    with ends_within(0.9):
        error = error_of(lambda: call(store))
    assert error.error_class is ErrorClass.TIMEOUT


@pytest.mark.parametrize("behaviour", ENDLESS.values(), ids=ENDLESS)
def test_a_server_that_never_ends_is_cut_off_by_the_deadline_if_that_is_sooner(
    http_server: HTTPServer, store: S3Store, behaviour: Behaviour
) -> None:
    http_server.plays(behaviour)
    with deadline.starting(0.2), ends_within(0.7):
        error = error_of(lambda: read(store))
    assert error.error_class is ErrorClass.TIMEOUT


@pytest.mark.parametrize("behaviour", ["headers drip", "body drips"])
def test_control_without_the_watchdog_a_drip_outlives_budget_and_deadline(
    http_server: HTTPServer, store: S3Store, behaviour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Operation, "cut", lambda _self: None)
    last = {
        "headers drip": drips(b"HTTP/1.1 200 OK\r\nX-Long: ", 30 * b"x"),
        "body drips": drips(head(content_length=30), 30 * b"x"),
    }[behaviour]
    http_server.plays(last)
    began = time.monotonic()
    with deadline.starting(0.3):
        error_of(lambda: read(store))
    assert time.monotonic() - began > 1.2


def test_control_botocores_own_timeouts_do_not_end_a_drip(http_server: HTTPServer) -> None:
    http_server.plays(drips(head(content_length=30), 30 * b"x"))
    client = boto3.client(
        "s3",
        endpoint_url=http_server.url,
        region_name="us-east-1",
        aws_access_key_id="id",
        aws_secret_access_key="key",  # noqa: S106  the server does not look
        config=Config(read_timeout=0.2, connect_timeout=0.2, retries={"total_max_attempts": 1}),
    )
    began = time.monotonic()
    client.get_object(Bucket=REF.bucket, Key=REF.key)["Body"].read()
    assert time.monotonic() - began > 1.2
    client.close()


def test_a_server_that_takes_no_bytes_cannot_hold_a_write(raw_server: StartRawServer) -> None:
    def reads_nothing(peer: Peer) -> None:
        while peer.goes_on(0.05):
            pass

    picture = bytes(8_000_000)
    store = S3Store("bucket", options=hurried(raw_server(reads_nothing).url))
    with ends_within(0.9):
        error = error_of(lambda: store.write(REF, picture, content_type="image/jpeg"))
    assert error.error_class is ErrorClass.TIMEOUT
    store.close()


def test_silence_ends_before_the_budget(http_server: HTTPServer) -> None:
    impatient = replace(options_at(http_server.url), silence_seconds=0.2)
    store = S3Store("bucket", options=impatient)
    http_server.plays(silent)
    with ends_within(0.7):
        error = error_of(lambda: read(store))
    assert error.error_class is ErrorClass.TIMEOUT
    store.close()


def test_the_budgets_are_those_of_the_design() -> None:
    assert (READ_SECONDS, WRITE_SECONDS) == (20.0, 30.0)
    assert S3Options().read_seconds == READ_SECONDS
    assert S3Options().write_seconds == WRITE_SECONDS
    assert S3Options().connect_seconds == 5.0
