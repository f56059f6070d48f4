"""Waiting for the work: until it is done, or until it is plain that it will not be."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from scout_workers.demo.hands import Hands, WorkerError
from scout_workers.demo.watching import watch
from scout_workers.domain.captures import CaptureState
from scout_workers.store import captures, report_camera

if TYPE_CHECKING:
    from pathlib import Path

    from fix_store import Yard

IDLE = [
    sys.executable,
    "-c",
    "import signal; print('waiting for work', flush=True); signal.pause()",
]
BROKEN = [sys.executable, "-c", "raise SystemExit('no such queue')"]


class Told:
    def __init__(self) -> None:
        self.looks: list[tuple[int, int, str]] = []

    def at(self, done: int, total: int, note: str = "") -> None:
        self.looks.append((done, total, note))


def refuse(yard: Yard, number: int) -> None:
    capture_id = yard.capture(number)
    with yard.store.transaction() as tx:
        captures.set_state(tx, capture_id, CaptureState.UNREADABLE, "the file is empty")


def test_refused_captures_are_settled_and_others_wait_for_a_worker(yard: Yard) -> None:
    refuse(yard, 1)
    yard.capture(2)

    with yard.store.transaction() as tx:
        states = report_camera.states(tx, yard.camera_id)

    assert states == {"refused": 1, "waiting": 1}


def test_watching_ends_when_everything_is_settled(yard: Yard, tmp_path: Path) -> None:
    refuse(yard, 1)
    told = Told()

    with Hands(tmp_path / "log", None, IDLE) as hands:
        states = watch(yard.store, yard.camera_id, hands, told)

    assert states == {"refused": 1}
    assert told.looks == [(1, 1, "")]


def test_a_worker_that_ends_early_is_an_error_with_its_last_words(
    yard: Yard, tmp_path: Path
) -> None:
    yard.capture(1)

    with Hands(tmp_path / "log", None, BROKEN) as hands:
        hands.begin()
        with pytest.raises(WorkerError, match="ended with 1 pictures still to do") as raised:
            watch(yard.store, yard.camera_id, hands, Told())

    assert raised.value.lines == ["no such queue"]


def test_work_that_does_not_move_is_an_error_that_says_where_it_stands(
    yard: Yard, tmp_path: Path
) -> None:
    refuse(yard, 1)
    yard.capture(2)
    told = Told()

    with Hands(tmp_path / "log", None, IDLE) as hands:
        hands.begin()
        with pytest.raises(WorkerError, match=r"1 of 2 pictures are settled, 1 waiting") as raised:
            watch(yard.store, yard.camera_id, hands, told, patience_seconds=1.5)

    assert raised.value.lines == ["waiting for work"]
    assert set(told.looks) == {(1, 2, "1 waiting")}
