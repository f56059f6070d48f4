"""The same over TLS, where the handshake has drips of its own."""

from __future__ import annotations

import ssl
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fix_http import head
from fix_s3 import options_at

from scout_workers.blobs.protocol import BlobError
from scout_workers.blobs.s3 import S3Store
from scout_workers.domain.captures import BlobRef
from scout_workers.domain.errors import ErrorClass

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fix_http import Peer, StartRawServer

REF = BlobRef("bucket", "yard/1.jpg")


def store_at(url: str) -> S3Store:
    options = options_at(url.replace("http:", "https:"))
    return S3Store("bucket", options=replace(options, read_seconds=0.5))


def over_tls(certificate: Path, answer: Callable[[Peer], None]) -> Callable[[Peer], None]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def talk(peer: Peer) -> None:
        peer.sock = context.wrap_socket(peer.sock, server_side=True)
        asked = b""
        while not asked.endswith(b"\r\n\r\n"):
            asked += peer.sock.recv(65_536)
        answer(peer)

    return talk


def error_of(store: S3Store) -> BlobError:
    began = time.monotonic()
    with pytest.raises(BlobError) as caught:
        store.read(REF, limit=1000)
    # These servers never end by themselves: what matters is that it ended, on a busy machine too.
    assert time.monotonic() - began < 10.0
    store.close()
    return caught.value


def test_a_certificate_we_trust_is_read_through(
    raw_server: StartRawServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    talk = over_tls(certificate, lambda peer: peer.send(head(content_length=7) + b"picture"))
    store = store_at(raw_server(talk).url)
    assert store.read(REF, limit=1000) == b"picture"
    store.close()


def test_a_certificate_nobody_vouches_for_is_the_operators_to_mend(
    raw_server: StartRawServer, certificate: Path
) -> None:
    talk = over_tls(certificate, lambda peer: peer.send(head(content_length=7) + b"picture"))
    error = error_of(store_at(raw_server(talk).url))
    assert error.error_class is ErrorClass.AUTH
    assert "AWS_CA_BUNDLE" in error.detail


def test_a_handshake_that_is_silent_is_cut_off(raw_server: StartRawServer) -> None:
    def silent(peer: Peer) -> None:
        while peer.goes_on(0.05):
            pass

    assert error_of(store_at(raw_server(silent).url)).error_class is ErrorClass.TIMEOUT


def test_a_handshake_that_drips_is_cut_off(raw_server: StartRawServer) -> None:
    def dripping(peer: Peer) -> None:
        peer.send(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03")  # the start of a ServerHello
        peer.drip(bytes(400), 0.05)

    assert error_of(store_at(raw_server(dripping).url)).error_class is ErrorClass.TIMEOUT


def test_a_body_that_drips_over_tls_is_cut_off(
    raw_server: StartRawServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))

    def dripping(peer: Peer) -> None:
        peer.send(head(content_length=400))
        for _ in range(400):
            if peer.wait(0.05):
                return
            peer.send(b"x")

    error = error_of(store_at(raw_server(over_tls(certificate, dripping)).url))
    assert error.error_class is ErrorClass.TIMEOUT


def test_a_server_that_speaks_no_tls_is_a_network_error(raw_server: StartRawServer) -> None:
    error = error_of(store_at(raw_server(lambda peer: peer.send(head(400))).url))
    assert error.error_class is ErrorClass.NETWORK
