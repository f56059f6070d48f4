"""What is written: whole in a file, readable on a narrow terminal, plain when that is asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from fix_import import fill
from fix_store import straight

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from fix_cli import CommandLine
    from fix_store import Yard

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def capture(yard: Yard) -> UUID:
    return yard.capture(1)


@straight
def test_a_pipe_gets_no_control_sequence_and_no_progress(
    cli: CommandLine, folder: Path, capture: UUID
) -> None:
    assert capture
    fill(folder, 60)
    for arguments in (("captures", "list"), ("status",), ("import", folder, "--camera", "yard")):
        shown = cli.run(*arguments)
        assert "\x1b" not in shown.out + shown.err
        assert "\r" not in shown.out + shown.err
        assert shown.err == ""
        assert shown.out


@straight
def test_a_pipe_gets_every_row_on_one_line(cli: CommandLine, capture: UUID) -> None:
    shown = cli.given(COLUMNS="20").run("captures", "list")

    row = next(line for line in shown.out.splitlines() if line.startswith(str(capture)[:8]))
    assert "yard" in row
    assert "waiting" in row


def test_a_terminal_gets_colours_unless_it_asks_for_none(cli: CommandLine) -> None:
    code, shown = cli.on_terminal("doctor")
    assert code == 0
    assert COLOUR.search(shown)

    code, shown = cli.given(NO_COLOR="1").on_terminal("doctor")
    assert code == 0
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", shown)


@straight
@pytest.mark.parametrize("columns", [36, 60, 100])
def test_no_line_is_wider_than_the_terminal_and_nothing_is_cut(
    cli: CommandLine, capture: UUID, columns: int
) -> None:
    code, shown = cli.on_terminal("captures", "list", columns=columns)

    lines = [COLOUR.sub("", line).rstrip("\r") for line in shown.split("\n")]
    assert code == 0
    assert max(map(len, lines)) <= columns
    assert str(capture)[:8] in shown
    assert "2026-06-21" in shown
    assert "waiting" in shown
    assert "…" not in shown


def test_an_import_shows_its_progress_on_a_terminal(cli: CommandLine, folder: Path) -> None:
    fill(folder, 120)

    code, shown = cli.on_terminal("import", folder, "--camera", "yard", columns=100)

    assert code == 0
    assert "pictures/s" in shown
    assert "/120" in shown
    assert "imported       120" in COLOUR.sub("", shown)
