"""Holds a worker for as long as somebody holds the other end of its standard input.

    python -m scout_workers.demo.leash [--embedded DATA_DIR] [--grace SECONDS] COMMAND...

A line on standard input starts the command; the end of standard input stops it, whether its
holder finished, crashed or was killed with a signal that nobody can catch: the kernel closes a
dead process's pipes. Then the leash sees that no embedded Postgres is left without a user, and
exits with the command's code. It imports nothing heavy: it must be there before the work is.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scout_workers import embedded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

_POLL_SECONDS = 0.1


class Leash:
    """One command, and the thread that feels for the other end."""

    def __init__(self, command: Sequence[str], grace: float) -> None:
        self._command = command
        self._grace = grace
        self._begin = threading.Event()
        self._let_go = threading.Event()

    def hold(self) -> int:
        """Wait for the line, run the command until it ends or the holder lets go.

        Returns:
            The command's exit code, 128 + its number if a signal ended it; 0 if it never ran.
        """
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        threading.Thread(target=self._feel, name="leash-holder", daemon=True).start()
        while not self._begin.wait(_POLL_SECONDS):
            if self._let_go.is_set():
                return 0
        return self._run()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._let_go.set()

    def _feel(self) -> None:
        # File descriptor 0, unbuffered: a reader inside Python's own buffer would hold its lock
        # while the interpreter exits.
        while os.read(0, 64):
            self._begin.set()
        self._let_go.set()

    def _run(self) -> int:
        # A group of its own, so that whatever it forked can be found when it is gone.
        worker = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, process_group=0)  # noqa: S603 (the command is our own)
        try:
            while worker.poll() is None and not self._let_go.wait(_POLL_SECONDS):
                pass
            if worker.poll() is None:
                worker.send_signal(signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    worker.wait(self._grace)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        return worker.returncode if worker.returncode >= 0 else 128 - worker.returncode


def leave_no_server(data_dir: Path) -> None:
    """Stop the embedded Postgres of this folder if it runs and nobody uses it.

    Whoever was killed could not leave it; joining and leaving makes us the last user.

    Raises:
        EmbeddedError: It does not go down.
    """
    if embedded.status(data_dir).state in {"running", "starting"}:
        embedded.acquire(data_dir).release()


def main(arguments: Sequence[str]) -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(prog="leash", description=__doc__)
    parser.add_argument("--embedded", type=Path, metavar="DATA_DIR")
    parser.add_argument("--grace", type=float, default=30.0, metavar="SECONDS")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    try:
        return Leash(options.command, options.grace).hold()
    finally:
        if options.embedded is not None:
            leave_no_server(options.embedded)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
