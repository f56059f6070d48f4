"""One contender in a process of its own, in whatever venv it needs; told what to do on stdin.

    python -m benchmarks.broker.child '{"contender": "contenders.stub:Stub", "url": "", ...}'

One JSON object a line in, {"do": name, ...}; one JSON object a line out. Standard output is the
answers' alone: what anybody prints goes to standard error.
"""

from __future__ import annotations

import gc
import importlib
import json
import logging
import os
import sys
import threading
import time
from array import array
from typing import TYPE_CHECKING, Any

from .contenders.contender import Contender, NotOfferedError

if TYPE_CHECKING:
    from collections.abc import Callable

STALLED_SECONDS = 0.02
LOOK_SECONDS = 0.002


class Child:
    """Does what the lines say, with one contender.

    Args:
        contender: The contender.
    """

    def __init__(self, contender: Contender) -> None:
        self.contender = contender
        self._database = contender.url
        self.stamps = array("d")  # when each message was processed; append is atomic

    def setup(self) -> dict[str, Any]:
        """Make the contender's tables."""
        self.contender.setup()
        return {}

    def fill(self, count: int) -> dict[str, Any]:
        """Put messages in, unmeasured."""
        self.contender.fill(count)
        return {}

    def enqueue(self, seconds: float) -> dict[str, Any]:
        """Enqueue one by one for so long."""
        self.contender.send(self.contender.queues[0], 0.0)
        latencies = array("d")
        began = now = time.monotonic()
        while now - began < seconds:
            self.contender.send(self.contender.queues[0], 0.0)
            then, now = now, time.monotonic()
            latencies.append(now - then)
        ordered = sorted(latencies)
        return {"rate": len(latencies) / (now - began), "p50": ordered[len(ordered) // 2]}

    def enqueue_many(self, seconds: float, batch: int) -> dict[str, Any]:
        """Enqueue in bulk for so long; to make the messages is not a part of it."""
        arguments = [0.0] * batch
        try:
            self.contender.bulk(self.contender.queues[0], arguments)()
        except NotOfferedError:
            return {"rate": None}
        count, spent = 0, 0.0
        while spent < seconds:
            enqueue = self.contender.bulk(self.contender.queues[0], arguments)
            began = time.monotonic()
            enqueue()
            spent += time.monotonic() - began
            count += batch
        return {"rate": count / spent}

    def send(self, queue: str, count: int = 1, *, stamped: bool = False) -> dict[str, Any]:
        """Enqueue as users do; stamped: the argument is when."""
        for number in range(count):
            self.contender.send(queue, time.monotonic() if stamped else float(number))
        return {}

    def sleep_in(self, url: str) -> dict[str, Any]:
        """Tell in which database the body `sleep` has its transactions."""
        self._database = url
        return {}

    def work(self, threads: int, body: str) -> dict[str, Any]:
        """Start working: `count`, `age` (of a stamped message), `hold` (for ever), `sleep`."""
        self.contender.body = self._body(body)
        self.contender.start(threads)
        return {}

    def drain(self, threads: int, count: int, most: int | None, seconds: float) -> dict[str, Any]:
        """Work until everything is acknowledged, or until `most` were processed.

        Args:
            threads: How many at a time.
            count: How many there are for this process alone; 0: it shares them, look often.
            most: Stop looking after so many.
            seconds: Give up after so long.
        """
        gc.collect()
        cpu, began = time.process_time(), time.monotonic()
        self.work(threads, "count")
        ended = self._until(count, most, began + seconds)
        first = self.stamps[0] if self.stamps else None
        if most is not None and len(self.stamps) >= most:
            ended = self.stamps[most - 1]
        return {
            "began": began,
            "first": first,
            "last": self.stamps[-1] if self.stamps else None,
            "ended": ended,
            "count": most or len(self.stamps),
            "cpu": time.process_time() - cpu,
        }

    def _until(self, count: int, most: int | None, deadline: float) -> float | None:
        while (now := time.monotonic()) < deadline:
            time.sleep(LOOK_SECONDS)
            done = len(self.stamps)
            if most is not None:
                if done >= most:
                    return now
                continue
            since = now - (self.stamps[-1] if done else now - STALLED_SECONDS)
            if (done >= count > 0) or (count == 0 and since > STALLED_SECONDS):
                asked = time.monotonic()
                if self.contender.is_empty():
                    return asked
                if count == 0:
                    time.sleep(STALLED_SECONDS)
        return None

    def report(self) -> dict[str, Any]:
        """Tell how much is done, how much processor time that took, and how it stands."""
        return {
            "at": time.monotonic(),
            "count": len(self.stamps),
            "cpu": time.process_time(),
            "threads": threading.active_count(),
        }

    def values(self) -> dict[str, Any]:
        """Return what the body noted: moments, or ages in seconds."""
        return {"values": list(self.stamps)}

    def _body(self, name: str) -> Callable[[float], None]:
        note, clock = self.stamps.append, time.monotonic
        if name == "count":
            return lambda _argument: note(clock())
        if name == "age":
            return lambda argument: note(clock() - argument)
        if name == "hold":
            for_ever = threading.Event()
            return lambda _argument: (note(clock()), for_ever.wait())[0]
        assert name == "sleep", name
        module = importlib.import_module("benchmarks.broker.sleeper")
        sleeper: Callable[[float], None] = module.Sleeper(self._database, note)
        return sleeper


def main() -> None:
    """Serve one parent until it closes our input."""
    logging.basicConfig(level=logging.ERROR)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    asked = json.loads(sys.argv[1])
    module, _, name = asked["contender"].partition(":")
    made = getattr(importlib.import_module(f"benchmarks.broker.{module}"), name)
    child = Child(made(asked["url"], asked["queues"]))
    answers.write(json.dumps({"ready": os.getpid()}) + "\n")
    for line in sys.stdin:
        request = json.loads(line)
        answer = getattr(child, request.pop("do"))(**request)
        answers.write(json.dumps(answer) + "\n")
    # The worker's threads are not asked: what they hold is the next run's fresh database's.
    os._exit(0)


if __name__ == "__main__":
    main()
