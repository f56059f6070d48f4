from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from scout_workers import __version__
from scout_workers.cli import COMMANDS, doors

if TYPE_CHECKING:
    from fix_cli import CommandLine, MakeCommandLine

HEAVY = ("boto3", "botocore", "numpy", "PIL", "psycopg", "pydantic", "dramatiq", "rich")


@pytest.fixture
def no_database(make_cli: MakeCommandLine) -> CommandLine:
    return make_cli("postgresql://nobody:nothing@127.0.0.1:1/nowhere")


def test_help_names_every_command_and_asks_no_database(no_database: CommandLine) -> None:
    shown = no_database.run("--help")

    assert shown.code == 0
    for name, door in COMMANDS.items():
        assert f"  {name} " in shown.out
        assert door.summary in shown.out


def test_help_is_quick_for_it_imports_no_heavy_library() -> None:
    script = (
        "import sys\n"
        "from scout_workers.cli import main\n"
        "sys.argv = ['scout-workers', '--help']\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        "    print('IMPORTED', *sorted(sys.modules))\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    imported = set(shown.stdout.partition("IMPORTED")[2].split())
    assert "click" in imported
    assert imported.isdisjoint(HEAVY)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_of_its_own(command: str) -> None:
    shown = CliRunner().invoke(doors, [command, "--help"], prog_name="scout-workers")

    assert shown.exit_code == 0
    assert f"Usage: scout-workers {command}" in shown.output


def test_the_version_is_told(no_database: CommandLine) -> None:
    assert no_database.run("--version").out == f"scout-workers {__version__}\n"


def test_a_command_nobody_knows_is_a_mistake_in_use(no_database: CommandLine) -> None:
    shown = no_database.run("improt")

    assert shown.code == 2
    assert "No such command 'improt'" in shown.err
