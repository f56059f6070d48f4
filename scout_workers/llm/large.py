"""One thread that decodes the large pictures of this process, one after the other.

A turn-taking lock is not enough. glibc gives each thread a heap of its own and keeps what was
freed in it, so 20 threads that decode one 40-megapixel picture each, two at a time, end up with
2.9 GB (measured); one thread that decodes all 20 ends with what one picture takes, 0.4 GB.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from typing import TYPE_CHECKING, TypeVar

from scout_workers import deadline

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_lock = threading.Lock()
_thread: ThreadPoolExecutor | None = None


def in_turn(work: Callable[[], T]) -> T:
    """Run the work on the thread for large pictures and return what it returns.

    Raises:
        DeadlineExceeded: The context's time ran out first; work not begun is never begun.
        BaseException: Whatever the work raises.
    """
    budget = deadline.current()
    turn = _executor().submit(work)
    try:
        return turn.result(None if budget is None else max(budget.remaining(), 0))
    except TooLate:
        if budget is not None:
            budget.check()
        raise
    finally:
        turn.cancel()


def _executor() -> ThreadPoolExecutor:
    global _thread  # noqa: PLW0603 - one a process, made by the first large picture
    with _lock:
        if _thread is None:
            _thread = ThreadPoolExecutor(1, thread_name_prefix="large-pictures")
        return _thread


def _forget() -> None:
    """Forget a thread that stayed in the parent: a forked process has none of its threads."""
    global _lock, _thread
    _lock, _thread = threading.Lock(), None


os.register_at_fork(after_in_child=_forget)
