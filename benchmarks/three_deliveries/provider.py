"""The provider: the real command in a process of its own, which nobody here kills."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Self
from urllib.request import urlopen


class Provider:
    """`scout-workers fake-llm`, for the length of a block.

    Args:
        latency: How long an answer takes, as the command has it.
    """

    def __init__(self, latency: str) -> None:
        self._latency = latency
        self._root = ""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "scout_workers", "fake-llm", "--port", "0"]
        self._process = subprocess.Popen(
            [*command, "--latency", self._latency], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self._root = self._process.stdout.readline().split("listens on ")[1].split(";")[0]
        return self

    @property
    def pointing(self) -> dict[str, str]:
        """The variables that point the product at it."""
        return {
            "SCOUT_PROVIDERS__OPENAI__BASE_URL": f"{self._root}/v1",
            "SCOUT_PROVIDERS__OPENAI__API_KEY": "fake",
        }

    def entries(self) -> list[dict[str, Any]]:
        """Return its account: every request it had."""
        with urlopen(f"{self._root}/_till/entries") as answer:  # noqa: S310 - our own server
            told: list[dict[str, Any]] = json.load(answer)
        return told

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=30)
