"""What is done to the workers: they are killed and begun anew, or stopped and woken."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence
    from pathlib import Path

LIVES_SECONDS = 0.1, 6.0  # after it was first heard of
STOPPED_SECONDS = 0.5, 8.0


class Worker:
    """A real worker in a process group of its own, for the length of a block.

    Args:
        threads: How many.
        log: Where its standard error goes.
    """

    def __init__(self, threads: int, log: Path) -> None:
        self._threads = threads
        self._log = log
        self.due: float | None = None
        self.stopped = False

    def __enter__(self) -> Self:
        self.begin()
        return self

    def begin(self) -> None:
        """Start it."""
        command = ["-m", "dramatiq", "scout_workers.worker", "--processes", "1"]
        queues = ["--queues", "processing", "default", "events"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *command, "--threads", str(self._threads), *queues],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.due = None

    def is_heard_of(self, pids: Iterable[int]) -> bool:
        """Whether one of these processes is its own."""
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                if os.getpgid(pid) == self._process.pid:
                    return True
        return False

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to all of it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        self.stopped = number == signal.SIGSTOP

    def kill(self) -> None:
        """Kill all of it, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        self._process.wait()

    def last_words(self) -> str:
        """Return the end of what it wrote."""
        return self._log.read_text("utf-8", "replace")[-2000:]

    def __exit__(self, *_: object) -> None:
        self.kill()


class Harm:
    """Strikes each worker at a random moment of its life.

    Args:
        workers: Those there are.
        chance: What decides.
        kills: How many at most.
        stops: How many besides.
    """

    def __init__(
        self, workers: Sequence[Worker], chance: random.Random, *, kills: int, stops: int
    ) -> None:
        self._workers = workers
        self._chance = chance
        self._left = [False] * kills + [True] * stops
        chance.shuffle(self._left)
        self.kills = self.stops = 0
        self.calls_cut = 0

    @property
    def stopped(self) -> bool:
        """Whether somebody is still to be woken."""
        return any(worker.stopped for worker in self._workers)

    def strike(self, pids: Sequence[int], open_calls: int) -> None:
        """Do what is due by now.

        Args:
            pids: The worker processes the broker knows.
            open_calls: How many questions are being asked.
        """
        for worker in self._workers:
            now = time.monotonic()
            if worker.due is None:
                if worker.is_heard_of(pids):
                    worker.due = now + self._chance.uniform(*LIVES_SECONDS)
            elif now >= worker.due:
                self._strike(worker, open_calls)

    def _strike(self, worker: Worker, open_calls: int) -> None:
        worker.due = None
        if worker.stopped:
            worker.signal(signal.SIGCONT)
        elif not self._left:
            return
        elif self._left.pop():
            worker.signal(signal.SIGSTOP)
            worker.due = time.monotonic() + self._chance.uniform(*STOPPED_SECONDS)
            self.stops += 1
        else:
            self.calls_cut += open_calls // len(self._workers)
            worker.kill()
            worker.begin()
            self.kills += 1
