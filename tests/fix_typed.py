"""Commands run in the test's own process: many of them, without the second each takes to start.

What a person sees of a whole process (its exit, its signals, its terminal) is fix_cli's.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from fix_cli import Finished

from scout_workers.cli import doors
from scout_workers.cli.errors import Boundary

if TYPE_CHECKING:
    from fix_cli import CommandLine


class Typed(Protocol):
    """Runs a command line to its end."""

    def __call__(self, line: str, /, *more: object) -> Finished: ...


@pytest.fixture
def typed(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    """`scout-workers`, followed by a line's words and by values that may have blanks in them."""
    for name, value in cli.variables.items():
        monkeypatch.setenv(name, value)

    def run(line: str, /, *more: object) -> Finished:
        capsys.readouterr()
        code = Boundary().run(doors, [*line.split(), *map(str, more)])
        out, err = capsys.readouterr()
        return Finished(code, out, err)

    return run


def told(finished: Finished) -> Any:  # noqa: ANN401 - whatever the command tells programs
    """Return what a command told a program."""
    assert finished.code == 0, finished.err
    return json.loads(finished.out)
