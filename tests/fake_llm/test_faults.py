from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from fix_fake_llm import until
from wire_questions import OPENAI

from scout_workers.fake_llm import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from fix_fake_llm import Asks

    from scout_workers.fake_llm import FakeLLM

NOTHING = b""
HURRIED = {"head-drip", "body-drip", "chunk-drip"}  # with a byte as often as can be
NEVER_END = {"silence", "stall", "endless"}


def received(fake_llm: FakeLLM, *, enough: Callable[[bytes], bool]) -> tuple[bytes, str]:
    """Ask by a plain socket; return what came and how it ended: closed, reset or enough."""
    address = urlsplit(fake_llm.root)
    body = json.dumps(OPENAI).encode()
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nHost: fake\r\nConnection: close\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    got = bytearray()
    with socket.create_connection((address.hostname, address.port), timeout=20) as sock:
        try:
            sock.sendall(head.encode() + body)
            while not enough(bytes(got[-64:])) and len(got) < 2_000_000:
                piece = sock.recv(262_144)
                if not piece:
                    return bytes(got), "closed"
                got += piece
        except (ConnectionResetError, BrokenPipeError):
            return bytes(got), "reset"
        except TimeoutError:
            return bytes(got), "silent"
    return bytes(got), "enough"


def told_length(answer: bytes) -> int:
    return int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])


@pytest.mark.parametrize("name", sorted(set(FAULTS) - NEVER_END))
def test_a_fault_ends_by_itself_and_is_written_into_the_till(fake_llm: FakeLLM, name: str) -> None:
    fake_llm.plays(f"{name}:every=0.0001,size=1000000")

    answer, end = received(fake_llm, enough=lambda _: False)

    assert end in {"closed", "reset"}, answer[:200]
    entry = fake_llm.till.entries[0]
    assert entry.fault == (None if name == "ok" else name)
    assert entry.billed == FAULTS[name].billed
    assert fake_llm.till.sums()["billed"] == int(FAULTS[name].billed)
    if FAULTS[name].kind is not None:
        assert answer.startswith(b"HTTP/1.1 %d " % (entry.status or 0))


@pytest.mark.parametrize(
    ("name", "length_is_kept"),
    [("ok", True), ("broken-envelope", True), ("truncated-body", False), ("reset-midway", False)],
)
def test_a_truncated_body_is_shorter_than_its_content_length(
    fake_llm: FakeLLM, name: str, *, length_is_kept: bool
) -> None:
    fake_llm.plays(name)

    answer, end = received(fake_llm, enough=lambda _: False)

    body = answer.split(b"\r\n\r\n", 1)[1]
    assert (len(body) == told_length(answer)) is length_is_kept
    assert end == ("reset" if name == "reset-midway" else "closed")


def test_a_reset_sends_not_one_byte_and_is_billed_only_if_the_answer_was_made(
    fake_llm: FakeLLM,
) -> None:
    fake_llm.plays("reset-before*1", "reset-after*1")

    for _ in range(2):
        assert received(fake_llm, enough=lambda _: False) == (NOTHING, "reset")

    assert [entry.billed for entry in fake_llm.till.entries] == [False, True]
    assert [entry.request == "" for entry in fake_llm.till.entries] == [True, False]


@pytest.mark.parametrize("name", sorted(HURRIED))
def test_a_drip_comes_whole_in_the_end(fake_llm: FakeLLM, name: str) -> None:
    fake_llm.plays(f"{name}:every=0.0001")

    answer, _ = received(fake_llm, enough=lambda _: False)

    assert b'"finish_reason"' in answer or name == "chunk-drip"
    assert answer.rstrip().endswith((b"}", b"0"))


def test_the_huge_body_is_as_long_as_told_and_right_at_its_end(
    fake_llm: FakeLLM, ask: Asks
) -> None:
    fake_llm.plays("huge:size=3000000")

    answered = ask(f"{fake_llm.base_url('openai')}/chat/completions", OPENAI)

    assert len(answered.data) > 3_000_000
    assert answered.body["choices"]


def test_retry_after_is_told_in_seconds_as_a_date_or_not_at_all(
    fake_llm: FakeLLM, ask: Asks
) -> None:
    fake_llm.plays("429*1:retry_after=7", "429-date*1:retry_after=60", "429-bare*1")

    told = [
        ask(f"{fake_llm.base_url('openai')}/chat/completions", OPENAI).headers.get("retry-after")
        for _ in range(3)
    ]

    assert told[0] == "7"
    assert told[1] is not None
    assert told[1].endswith("GMT")
    assert told[2] is None


def test_who_stops_waiting_is_seen_to_leave(fake_llm: FakeLLM) -> None:
    fake_llm.plays("stall")

    answer, end = received(fake_llm, enough=lambda got: b'"' in got)

    assert (b"200 OK" in answer, end) == (True, "enough")
    until(lambda: fake_llm.till.sums()["open"] == 0)
    assert fake_llm.till.entries[0].left
