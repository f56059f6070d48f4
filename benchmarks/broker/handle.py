"""The parent's end of a contender's process."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .catalogue import Entrant

ROOT = Path(__file__).resolve().parents[2]
LAST_LINES = 15


class ContenderDiedError(Exception):
    """A contender's process ended in the middle; what it said is in the sentence."""


class Handle:
    """A running contender. Leaving the `with` ends its process.

    Args:
        entrant: Which.
        python: The interpreter of its venv.
        url: Its server or database.
        queues: The queues it declares.
    """

    def __init__(
        self, entrant: Entrant, python: Path, url: str, queues: Sequence[str] = ("default",)
    ) -> None:
        self.entrant = entrant
        asked = {"contender": entrant.made_by, "url": url, "queues": list(queues)}
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed with the process)
        self._process = subprocess.Popen(
            [str(python), "-m", "benchmarks.broker.child", json.dumps(asked)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
        )
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        self.answer()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def ask(self, do: str, **arguments: Any) -> None:
        """Say what to do, without waiting for it."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do} | arguments) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._death() from error

    def answer(self) -> dict[str, Any]:
        """Wait for the next answer.

        Raises:
            ContenderDiedError: There will be none.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise self._death()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def do(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Say what to do and wait for the answer."""
        self.ask(do, **arguments)
        return self.answer()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """Have it leave; kill it if it does not."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.close()
            self._process.wait(timeout=5)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            self.kill()
        self._process.stdout.close()
        self._said.close()

    def _death(self) -> ContenderDiedError:
        code = self._process.wait()
        self._said.seek(0)
        said = "\n".join(self._said.read().splitlines()[-LAST_LINES:])
        return ContenderDiedError(
            f"{self.entrant.title} ended with code {code} in the middle and said:\n{said}"
        )
