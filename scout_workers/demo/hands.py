"""The real worker, for as long as the demo lives and not a moment longer."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
_TAIL_BYTES = 16_384

WORKER = (sys.executable, "-m", "scout_workers", "worker")


class WorkerError(Exception):
    """The worker is of no use; the message says why, in words.

    Attributes:
        log: The file it writes to.
        lines: The last lines of it.
    """

    def __init__(self, sentence: str, log: Path, lines: Sequence[str]) -> None:
        super().__init__(sentence)
        self.log = log
        self.lines = lines


class Hands:
    """A leash with a worker at its end: see `scout_workers.demo.leash`.

    Entering brings the leash up, so that it outlives whatever happens from then on; `begin` starts
    the worker; leaving, or the death of this process by whatever signal, stops it.

    Args:
        log: The worker's standard output and error; overwritten.
        data_dir: Of the embedded Postgres, if that is used: the leash sees that it stops.
        command: What to run.
        grace_seconds: How long it may take to go when it is asked to.
    """

    def __init__(
        self,
        log: Path,
        data_dir: Path | None,
        command: Sequence[str] = WORKER,
        *,
        grace_seconds: float = 30.0,
    ) -> None:
        self.log = log
        self._embedded = [] if data_dir is None else ["--embedded", str(data_dir)]
        self._command = command
        self._grace = grace_seconds
        self._leash: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        options = ["--grace", str(self._grace), *self._embedded]
        with self.log.open("wb") as log:
            self._leash = subprocess.Popen(  # noqa: S603 - our own argument list, no shell
                [sys.executable, "-m", "scout_workers.demo.leash", *options, *self._command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us; we tell the worker ourselves
            )
        return self

    def begin(self) -> None:
        """Start the worker.

        Raises:
            WorkerError: The leash did not even come up.
        """
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(b"go\n")
            stdin.flush()
        except BrokenPipeError as error:
            raise self.failed("The worker could not be started.") from error

    def ended_within(self, seconds: float) -> bool:
        """Wait for at most so long, and tell whether the worker is gone."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """Let go and wait until nothing of the worker is left."""
        leash, self._leash = self._leash, None
        if leash is None:
            return
        assert leash.stdin is not None
        leash.stdin.close()
        try:
            leash.wait(self._grace * 2 + 30)
        except BaseException:
            # A second Ctrl-C, or a leash that hangs. It has let go of the worker by now or never
            # will; its group is its own, the worker's is too.
            leash.kill()
            leash.wait()
            raise

    def failed(self, sentence: str) -> WorkerError:
        """Make an error of this sentence and the end of the log."""
        return WorkerError(sentence, self.log, self._tail(12))

    def _tail(self, lines: int) -> list[str]:
        with self.log.open("rb") as log:
            size = log.seek(0, 2)
            log.seek(max(0, size - _TAIL_BYTES))
            text = log.read().decode("utf-8", "replace")
        return text.splitlines()[-lines:]

    @property
    def _process(self) -> subprocess.Popen[bytes]:
        assert self._leash is not None, "used outside its with block"
        return self._leash

    def __exit__(self, *_: object) -> None:
        self.stop()
