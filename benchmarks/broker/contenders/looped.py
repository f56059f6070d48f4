"""What the contenders that live in an event loop have in common: a loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


class Loop:
    """Runs coroutines for callers that have no loop."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="loop", daemon=True).start()

    def run(self, work: Coroutine[object, object, T]) -> T:
        """Run to its end and return what it returns; raises what it raises."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def start(self, work: Coroutine[object, object, object]) -> None:
        """Run beside the caller; if it fails, the process says so and ends."""
        asyncio.run_coroutine_threadsafe(work, self._loop).add_done_callback(
            lambda future: future.result()
        )
