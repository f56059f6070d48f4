"""Waiting for something in the database by looking: nothing listens, nothing is held meanwhile."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, TypeVar

from .errors import BrokerUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

FIRST_PAUSE = 0.005
LONGEST_PAUSE = 1.0


def wait_for(look: Callable[[], T | None], *, seconds: float | None) -> T | None:
    """Look again and again, ever less often, until there is something or the time is up.

    The pauses grow by half from 5 ms to 1 s, so ten seconds are about twenty looks. While the
    server is away, looking goes on.

    Args:
        look: Returns what there is, or None.
        seconds: How long to wait; the last look is at the end of it. None: for ever.

    Returns:
        What was found; None: the time was up.

    Raises:
        BrokerUnavailableError: The server was away at the end.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    pause = FIRST_PAUSE
    while True:
        left = None if deadline is None else deadline - time.monotonic()
        try:
            found = look()
        except BrokerUnavailableError:
            if left is not None and left <= 0:
                raise
            found = None
        if found is not None or (left is not None and left <= 0):
            return found
        # Jitter, so that many who wait do not look in step.
        due = pause * random.uniform(0.85, 1.0)  # noqa: S311 (jitter)
        time.sleep(due if left is None else min(due, left))
        pause = min(pause * 1.5, LONGEST_PAUSE)
