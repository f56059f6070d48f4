from __future__ import annotations

import threading

from dramatiq.middleware import TimeLimitExceeded, raise_thread_exception
from fix_broker import eventually

from scout_workers.middleware.interruption import Interruption
from scout_workers.middleware.zombies import frame_of


class ClosedWithoutTheLock(Interruption):
    """The control: a flag alone, so that it may close between another's look at it and the blow."""

    def close(self) -> None:
        self._open = False


class Closing:
    """A thread that closes its interruption, and tells when an exception struck it."""

    def __init__(self, kind: type[Interruption]) -> None:
        self.kind = kind
        self.ready, self.may_close = threading.Event(), threading.Event()
        self.closed, self.may_end = threading.Event(), threading.Event()
        self.struck = "never"
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        assert self.ready.wait(5)

    def _run(self) -> None:
        self.interruption = self.kind()
        self.ready.set()
        assert self.may_close.wait(5)
        try:
            self.interruption.close()
        except TimeLimitExceeded:
            self.struck = "while closing"
            return
        try:
            self.closed.set()
            assert self.may_end.wait(5)
        except TimeLimitExceeded:
            self.struck = "late"

    def closing_or_closed(self) -> bool:
        frame = frame_of(self.thread)
        assert frame is not None
        return frame.f_code is self.kind.close.__code__ or self.closed.is_set()


def strike_while_it_closes(kind: type[Interruption]) -> str:
    """Do as `interrupt` does, and let the thread close between the look and the blow if it can."""
    closing = Closing(kind)
    with closing.interruption._lock:
        assert closing.interruption.is_open
        closing.may_close.set()
        eventually(closing.closing_or_closed)
        closing.interruption._raised = True
        raise_thread_exception(closing.thread.ident, TimeLimitExceeded)  # type: ignore[no-untyped-call] # Dramatiq's is untyped
    closing.may_end.set()
    closing.thread.join(5)
    assert not closing.thread.is_alive()
    return closing.struck


def test_an_exception_raised_as_the_thread_closes_strikes_there_or_never() -> None:
    for _ in range(20):
        assert strike_while_it_closes(Interruption) in {"while closing", "never"}


def test_without_the_lock_an_exception_strikes_late() -> None:
    assert strike_while_it_closes(ClosedWithoutTheLock) == "late"


def test_nothing_interrupts_a_thread_that_has_closed() -> None:
    interruption = Interruption()
    interruption.close()
    assert not interruption.is_open
    assert interruption.interrupt(TimeLimitExceeded) is False
