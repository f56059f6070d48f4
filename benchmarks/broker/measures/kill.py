"""How long until messages of a killed worker run again."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.broker.catalogue import BY_NAME
from benchmarks.broker.results import Bar, Section, Table, number

if TYPE_CHECKING:
    from benchmarks.broker.bench import Bench
    from benchmarks.broker.handle import Handle

MESSAGES = 16
GIVE_UP_SECONDS = 60.0
CASES = {"same host": 3.0, "another host": 30.0}  # and the seconds each has


@dataclass(frozen=True, slots=True)
class Scene:
    """A worker that holds messages for ever, and its idle neighbour."""

    victim: Handle
    neighbour: Handle


def run(bench: Bench) -> Section:
    """Kill a worker beside an idle one, here and as if elsewhere."""
    rounds = 1 if bench.quick else min(bench.rounds, 3)
    section = Section(
        "kill",
        "After SIGKILL",
        f"A worker holds {MESSAGES} messages that never end; beside it another is idle, both with "
        "the defaults. The first is killed; timed until the last of its messages runs in the "
        "second. “Another host”: the boot id in the dead one's row is changed, so that nobody may "
        "look for its pid. The pairs run at the same time, in databases of their own.",
    )
    seconds: dict[str, list[float]] = {case: [] for case in CASES}
    done: dict[str, int] = dict.fromkeys(CASES, 0)
    with ExitStack() as stack:
        scenes = [(case, _set(bench, stack, case)) for case in CASES for _ in range(rounds)]
        time.sleep(6.0)  # a heartbeat and more: the neighbour knows what there is to know
        killed = []
        for _, scene in scenes:
            scene.victim.kill()
            killed.append(time.monotonic())
        for (case, scene), at in zip(scenes, killed, strict=True):
            count = _wait(scene.neighbour)
            done[case] += count
            last = max(scene.neighbour.do("values")["values"], default=float("nan"))
            seconds[case].append(last - at if count else float("nan"))
            bench.say(f"{case}: {count} of {MESSAGES} again after {number(seconds[case][-1])} s")
    rows = []
    for case, most in CASES.items():
        worst = max(seconds[case])
        whole = done[case] == MESSAGES * rounds
        rows.append([case, number(min(seconds[case])), number(worst), f"{done[case]}"])
        section.bars.append(
            Bar(
                f"SIGKILL, {case}",
                f"all re-run, ≤ {most:g} s",
                f"{done[case]} of {MESSAGES * rounds} again, the last after {number(worst)} s",
                whole and worst <= most,
            )
        )
    columns = ["", "seconds, best", "worst", "messages run again"]
    section.tables.append(Table(f"{rounds} × {MESSAGES} messages", columns, rows))
    return section


def _set(bench: Bench, stack: ExitStack, case: str) -> Scene:
    ours = BY_NAME["ours"]
    database = stack.enter_context(bench.database(ours))
    victim = stack.enter_context(bench.handle(ours, database))
    victim.do("work", threads=MESSAGES, body="hold")
    victim.do("send", queue="default", count=MESSAGES)
    _wait(victim)
    if case == "another host":
        _move_away(bench, database, victim.pid)
    neighbour = stack.enter_context(bench.handle(ours, database))
    neighbour.do("work", threads=MESSAGES, body="count")
    return Scene(victim, neighbour)


def _move_away(bench: Bench, database: str, pid: int) -> None:
    # Before the neighbour's first look: it remembers until its next heartbeat whom it saw.
    with bench.postgres.connect(database) as connection:
        connection.execute(
            "UPDATE scout_broker.worker SET boot_id = 'elsewhere' WHERE pid = %s", [pid]
        )


def _wait(child: Handle) -> int:
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while (count := int(child.do("report")["count"])) < MESSAGES and time.monotonic() < deadline:
        time.sleep(0.05)
    return count
