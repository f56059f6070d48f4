"""Loaded by the real `dramatiq` command in test_drain.py; DRAIN=careless is the control."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import dramatiq
from fix_broker import usual_middleware

from scout_workers.broker import EngineOptions, PostgresBroker, Pulse
from scout_workers.middleware.drain import Drain
from scout_workers.middleware.log_format import set_up

if TYPE_CHECKING:
    from types import FrameType

NOTES, GO = Path(os.environ["NOTES"]), Path(os.environ["GO"])
MOMENT = threading.Event()


class CarelessDrain(Drain):
    """One that hands every signal on, as the command without us would."""

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self._asked, self._leaving = False, True
        self._handlers[number](number, frame)


def note(line: str) -> None:
    """Append a line to what the test reads, in one write."""
    file = os.open(NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{line}\n".encode())
    os.close(file)


set_up("INFO", "text")
drain = CarelessDrain() if os.environ["DRAIN"] == "careless" else Drain()
broker = PostgresBroker(
    os.environ["URL"],
    options=EngineOptions(concurrency={"default": 6}, pulse=Pulse(interval=0.3, dead_after=10)),
    middleware=[drain, *usual_middleware()],
)
dramatiq.set_broker(broker)


@dramatiq.actor
def quick(number: int) -> None:
    """Take a moment."""
    note(f"begin {number}")
    MOMENT.wait(float(os.environ["SECONDS"]))
    note(f"end {number}")


@dramatiq.actor
def hold() -> None:
    """Take until the test says so."""
    note("begin hold")
    while not GO.exists():
        MOMENT.wait(0.02)
    note("end hold")
