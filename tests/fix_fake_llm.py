"""Providers that are imitated: our own fake-llm, in this process or as the real command.

def test_…(fake_llm: FakeLLM) -> None:
    fake_llm.plays("429*2:retry_after=5", "silence*1")
    … base_url=fake_llm.base_url("openai") …
    assert len(fake_llm.till.billed) == 1
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Protocol

import pytest
import urllib3

from scout_workers.fake_llm import FakeLLM, Options, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SECONDS = 30.0


def until(true: Callable[[], bool]) -> None:
    """Wait until something is true of a server that works by itself."""
    end = time.monotonic() + _SECONDS
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.01)


@pytest.fixture
def fake_llm() -> Iterator[FakeLLM]:
    """A fake-llm in a thread of this process, with nothing wrong with it yet."""
    with serving(Options()) as fake:
        yield fake


class Asks(Protocol):
    """Sends a JSON body and returns status, headers and JSON of the answer."""

    def __call__(
        self, url: str, body: object = None, *, method: str = "POST", **headers: str
    ) -> Answered: ...


class Answered:
    """An answer of fake-llm's."""

    def __init__(self, response: urllib3.BaseHTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.data = response.data

    @property
    def body(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.data)


@pytest.fixture
def ask() -> Iterator[Asks]:
    """A client that repeats nothing and follows nothing."""
    pool = urllib3.PoolManager(retries=False, timeout=_SECONDS)

    def send(url: str, body: object = None, *, method: str = "POST", **headers: str) -> Answered:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = None if body is None else json.dumps(body).encode()
        return Answered(pool.request(method, url, body=data, headers=named, redirect=False))

    yield send
    pool.clear()


class Starts(Protocol):
    """Starts `scout-workers fake-llm` with arguments, and returns its address."""

    def __call__(self, *arguments: str) -> str: ...


@pytest.fixture
def fake_llm_process() -> Iterator[Starts]:
    """The real command, on a port of its own; ended with SIGTERM, and expected to go."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> str:
        command = [sys.executable, "-m", "scout_workers", "fake-llm", "--port", "0", *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        first = process.stdout.readline()
        return first.split("listens on ")[1].split(";")[0]

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=_SECONDS)
        assert process.returncode == 0
