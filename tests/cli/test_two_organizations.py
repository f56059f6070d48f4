"""Two organizations: what a command is told to show of one shows nothing of the other."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from fix_store import straight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fix_cli import CommandLine
    from fix_sides import Side

pytestmark = straight

LISTS = (
    ("captures", "list"),
    ("analyses", "list"),
    ("summaries", "list", "--history"),
    ("insights", "list"),
    ("camera", "list"),
    ("profile", "list"),
    ("backfill", "list"),
    ("budget", "show"),
    ("costs", "--by", "day"),
    ("costs", "--by", "camera"),
    ("costs", "--by", "model"),
    ("costs", "--by", "purpose"),
    ("search", "van"),
)
# One process for all: each would import everything anew.
ALL = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from scout_workers.cli import doors
from scout_workers.cli.errors import Boundary
told = []
for arguments in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = Boundary().run(doors, arguments)
    told.append((code, out.getvalue(), err.getvalue()))
json.dump(told, sys.stdout)
"""


class Shown(NamedTuple):
    """What one command said."""

    code: int
    out: str
    err: str


def _run(cli: CommandLine, commands: Sequence[Sequence[str]]) -> list[Shown]:
    done = subprocess.run(
        [sys.executable, "-c", ALL],
        env=cli.environment,
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        check=True,
    )
    return [Shown(*each) for each in json.loads(done.stdout)]


def test_what_is_asked_of_one_organization_has_nothing_of_the_other(
    cli: CommandLine, sides: tuple[Side, Side]
) -> None:
    own, other = sides
    whose = ("--organization", own.name)
    lists = [(*each, *whose) for each in LISTS]
    lists += [(*each, "--json") for each in lists]
    others = [("camera", "show", "yard", *whose), ("backfill", "plan", *whose)]
    commands = [*lists, *others, ("organization", "show", own.name)]
    for command, shown in zip(commands, _run(cli, commands), strict=True):
        assert (shown.code, bool(shown.out)) == (0, True), (command, shown.err)
        told = shown.out + shown.err
        assert {trace for trace in other.traces if trace in told} == set(), command


def test_control_where_nobody_is_named_both_are_shown_or_a_name_is_asked_for(
    cli: CommandLine, sides: tuple[Side, Side]
) -> None:
    *shown, search, camera = _run(cli, [*LISTS, ("camera", "show", "yard")])
    for command, each in zip(LISTS[:-1], shown, strict=True):
        assert all(side.name in each.out for side in sides), (command, each)
    assert (search.code, "--organization" in search.err) == (2, True)
    assert (camera.code, "Several organizations" in camera.err) == (2, True), camera.err
