"""`top`: screens one after the other, on a terminal that is left as it was."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from fix_cli import MESSAGE, WORKER

if TYPE_CHECKING:
    from fix_cli import CommandLine
    from fix_store import Database

ALTERNATE, ORIGINAL, CURSOR = "\x1b[?1049h", "\x1b[?1049l", "\x1b[?25h"


def test_once_is_one_screen_with_what_happens_a_second(
    cli: CommandLine, database: Database
) -> None:
    database.rows(MESSAGE, "processing", "ready", 0)
    database.rows(WORKER, "here", 7, "0.1.0", -3600)  # of a slow machine too

    shown = cli.run("top", "--once", "--interval", "0.1")

    assert shown.code == 0, shown.err
    assert shown.out.count("a second: ") == 1
    assert "Nothing needs a hand: 1 messages wait, 1 worker is alive." in shown.out
    assert " +0.0" in next(line for line in shown.out.splitlines() if "processing " in line)
    assert "\x1b" not in shown.out


def test_without_a_terminal_a_screen_is_printed_each_time_until_it_is_stopped(
    cli: CommandLine,
) -> None:
    process = cli.start("top", "--interval", "0.1")
    try:
        assert process.stdout is not None
        screens = 0
        while screens < 3:
            screens += "a second: " in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()

    assert (process.returncode, err) == (0, "")


def test_the_terminal_is_left_as_it_was(cli: CommandLine) -> None:
    code, shown = cli.on_terminal("top", "--interval", "0.1", columns=120, until="Schedules")

    assert code == 0
    assert shown.index(ALTERNATE) < shown.index("Nothing needs a hand") < shown.index(ORIGINAL)
    after = shown[shown.rindex("Schedules") :]
    assert ORIGINAL in after
    assert CURSOR in after
    assert "Traceback" not in shown
