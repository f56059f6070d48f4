"""A Deadline: how much time is left, and what to cut off when none is."""

from __future__ import annotations

import math
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from scout_workers.deadline.cutoff import Cutoff
from scout_workers.deadline.watchdog import Watchdog, watchdog
from scout_workers.domain.errors import ErrorClass, ScoutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class DeadlineExceeded(ScoutError):  # noqa: N818  read beside Dramatiq's TimeLimitExceeded
    """The budget of time is spent. Counted as a retry, like every timeout."""

    def __init__(self, detail: str) -> None:
        super().__init__(ErrorClass.TIMEOUT, detail)


class Deadline:
    """A moment after which a piece of work must not go on.

    Args:
        seconds: From now; `math.inf` never ends.
        clock: Whose alarms and whose time; tests give their own.
    """

    def __init__(self, seconds: float, *, clock: Watchdog = watchdog) -> None:
        self.seconds = seconds
        self._clock = clock
        self._ends_at = clock.clock() + seconds
        self._lock = threading.Lock()
        self._cutoffs: set[Cutoff] = set()
        self._inner: set[Deadline] = set()
        self._cut_for: Callable[[], BaseException] | None = None

    def remaining(self) -> float:
        """Seconds left; 0.0 once the budget is spent or cut, never less."""
        if self._cut_for is not None:
            return 0.0
        return max(0.0, self._ends_at - self._clock.clock())

    def check(self) -> None:
        """Go on only while time is left.

        Raises:
            DeadlineExceeded: None is.
            BaseException: The budget was cut for this reason.
        """
        if self.remaining() <= 0.0:
            raise self._exceeded()

    def cut(self, because: Callable[[], BaseException]) -> None:
        """End this budget now, and every one within it: the calls registered are freed.

        From any thread. What the calls raise, and whoever asks for time from now on, is what
        `because` makes. A block under `at_least` keeps its time. Only the first cut counts.
        """
        with self._lock:
            if self._cut_for is not None:
                return
            self._cut_for = because
            cutoffs, inner = list(self._cutoffs), list(self._inner)
        for cutoff in cutoffs:
            cutoff.fire()
        for deadline in inner:
            deadline.cut(because)

    @contextmanager
    def register(self, cancel: Callable[[], None]) -> Iterator[None]:
        """Have `cancel` free the call made in this block, should it still run at the limit.

        `cancel` runs at most once, from a thread of its own, and never after the block was left:
        leaving waits for one that is running. So it must end by itself within seconds
        (`socket.shutdown`, `process.kill`, `connection.cancel_safe(timeout=5)`).

        Raises:
            DeadlineExceeded: The budget was spent before the block began; or `cancel` ran, in
                which case neither the block's error nor its answer means anything any more: the
                error is the cause of this one, and an answer may be a truncated one.
            BaseException: The same, if the budget was cut for this reason.
        """
        self.check()
        cutoff = Cutoff(cancel)
        with self._lock:
            self._cutoffs.add(cutoff)
        try:
            # A cut between the check and the line above did not see this block.
            self.check()
            if self._ends_at < math.inf:
                cutoff.arm(self._clock, self._ends_at)
            yield
        except Exception as error:
            if self._leave(cutoff):
                raise self._exceeded() from error
            raise
        finally:
            fired = self._leave(cutoff)
        if fired:
            raise self._exceeded()

    @contextmanager
    def containing(self, inner: Deadline) -> Iterator[None]:
        """Have a cut of this budget cut `inner` as well, for the length of a block."""
        with self._lock:
            self._inner.add(inner)
            cut_for = self._cut_for
        if cut_for is not None:
            inner.cut(cut_for)
        try:
            yield
        finally:
            with self._lock:
                self._inner.discard(inner)

    def close(self) -> None:
        """Leave every block an asynchronous exception tore open before it could be left."""
        with self._lock:
            cutoffs = list(self._cutoffs)
        for cutoff in cutoffs:
            self._leave(cutoff)

    def _leave(self, cutoff: Cutoff) -> bool:
        fired = cutoff.leave()
        with self._lock:
            self._cutoffs.discard(cutoff)
        return fired

    def _exceeded(self) -> BaseException:
        if self._cut_for is not None:
            return self._cut_for()
        return DeadlineExceeded(f"the budget of {self.seconds:g} s is spent")


_current: ContextVar[Deadline | None] = ContextVar("current_deadline", default=None)


def current() -> Deadline | None:
    """The Deadline this context works under, or None where nobody set one."""
    return _current.get()


@contextmanager
def starting(seconds: float) -> Iterator[Deadline]:
    """Work under a Deadline of `seconds` from now, or of what an outer one has left if less."""
    outer = _current.get()
    if outer is None:
        with _under(Deadline(seconds)) as only:
            yield only
        return
    inner = Deadline(min(seconds, outer.remaining()))
    with outer.containing(inner), _under(inner):
        yield inner


@contextmanager
def at_least(seconds: float) -> Iterator[Deadline]:
    """Have at least `seconds` for what must still be written, though the budget be spent.

    For a paid answer's receipt, in the time between the attempt's budget and the hard limit:
    the asynchronous exception of the middleware is not put off by this.
    """
    outer = _current.get()
    if outer is not None and outer.remaining() >= seconds:
        yield outer
        return
    with _under(Deadline(seconds)) as inner:
        yield inner


def clip(seconds: float) -> float:
    """A timeout of `seconds`, cut to what the current Deadline has left; never 0 or less.

    Raises:
        DeadlineExceeded: Nothing is left.
    """
    deadline = _current.get()
    if deadline is None:
        return seconds
    deadline.check()
    # The time read again may be a hair past the check: a timeout of 0 would mean "do not block".
    return min(seconds, max(deadline.remaining(), 0.001))


@contextmanager
def _under(deadline: Deadline) -> Iterator[Deadline]:
    token = _current.set(deadline)
    try:
        yield deadline
    finally:
        _current.reset(token)
        deadline.close()
