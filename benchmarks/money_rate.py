"""A provider asked by several processes: never above what it may be asked a minute, and all of it.

    python benchmarks/money_rate.py [--per-minute 600] [--processes 4] [--seconds 75] [--backfill]

On an embedded Postgres of its own. Each process has eight threads that take the next question that
is due, begin it, and note the moment if it was admitted; what was refused is due again when it was
told to come, a tenth later at most, as the retries middleware has it. There are always more
questions than may be asked. With --backfill two of the processes work on history: what they got
beside live work. With --stop each process in turn is stopped (SIGSTOP) for a second, wherever it
is, while the others go on. Exit code 1 if any minute had more than the limit, if less than 95 %
was used, or if anything was raised instead of refused.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from rich.console import Console
from rich.table import Table

from scout_workers import settings
from scout_workers.app import App, open_app
from scout_workers.broker import Pool
from scout_workers.domain.calls import Answer, Lane, Usage
from scout_workers.domain.gates import Limits
from scout_workers.domain.terms import Terms
from scout_workers.store import Store, ledger, organizations

if TYPE_CHECKING:
    from collections.abc import Sequence

THREADS = 8
pause = time.sleep
QUESTIONS = 100  # of each process at any time: more than its share of half a minute


def main() -> int:
    """Run it, or one of its processes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--per-minute", type=int, default=600)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=75.0)
    parser.add_argument("--backfill", action="store_true")
    parser.add_argument("--stop", action="store_true")
    parser.add_argument("--child", nargs=3, metavar=("URL", "ORGANIZATION", "LANE"))
    asked = parser.parse_args()
    if asked.child:
        url, organization, lane = asked.child
        Child(url, UUID(organization), Lane(lane), asked).run()
        return 0
    with tempfile.TemporaryDirectory(prefix="scout-bench-") as folder:
        Path(folder).chmod(0o711)
        with open_app(settings.load(data_dir=Path(folder))) as app:
            return measure(app, asked)


class Child:
    """One process: eight threads and a heap of questions that are due."""

    def __init__(self, url: str, organization: UUID, lane: Lane, asked: argparse.Namespace) -> None:
        self.pool = Pool(url, application_name="bench", max_size=THREADS)
        limits = {"bench": Limits(requests_per_minute=asked.per_minute)}
        self.gates = Pool(url, application_name="bench gates", max_size=1)
        self.store = Store(self.pool, terms=Terms(limits=limits), gates=self.gates)
        self.organization, self.lane = organization, lane
        self.end = time.monotonic() + asked.seconds
        self.due = [(0.0, number) for number in range(QUESTIONS)]
        self.lock = threading.Condition()
        self.admitted: list[float] = []
        self.refused = 0
        self.busy = 0
        self.raised: list[str] = []
        self.waits: list[float] = []

    def run(self) -> None:
        """Work until the end, then tell what was admitted."""
        threads = [threading.Thread(target=self.work, name=f"asking {n}") for n in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        told = {"admitted": self.admitted, "refused": self.refused, "waits": self.waits}
        json.dump(told | {"busy": self.busy, "raised": self.raised}, sys.stdout)
        self.pool.close()
        self.gates.close()

    def work(self) -> None:
        """Take what is due, until the end."""
        while (now := time.monotonic()) < self.end:
            with self.lock:
                moment, number = self.due[0] if self.due else (self.end, -1)
                if moment > now:
                    self.lock.wait(min(moment - now, self.end - now))
                    continue
                heapq.heappop(self.due)
            try:
                again = self.ask()
            except Exception as error:  # noqa: BLE001  told at the end; the thread goes on
                self.raised.append(f"{type(error).__name__}: {error}")
                again = 0.1
            with self.lock:
                heapq.heappush(self.due, (time.monotonic() + again, number))
                self.lock.notify()

    def ask(self) -> float:
        """Begin a question; return when the place in the queue is due again."""
        request = ledger.Request(
            str(uuid4()), "describe", uuid4(), self.organization, None, "bench", "m", lane=self.lane
        )
        started = time.perf_counter()
        with self.store.transaction() as tx:
            call = ledger.begin(tx, request, str(uuid4()))
        self.waits.append(time.perf_counter() - started)
        if call.refusal is not None:
            self.refused += 1
            self.busy += "could not be asked" in call.refusal.detail
            return (call.refusal.retry_after or 0.0) * random.uniform(1.0, 1.1)
        self.admitted.append(time.time())
        answer = Answer("{}", "m", Usage(), 0, "free", 1)
        self.store.insist(lambda tx: ledger.receipt(tx, call, answer))
        return 0.0


def measure(app: App, asked: argparse.Namespace) -> int:
    """Run the processes and print what they were let through."""
    with app.store.transaction() as tx:
        organization = organizations.find_or_create(tx, "bench")
    lanes = [
        Lane.BACKFILL if asked.backfill and number % 2 else Lane.LIVE
        for number in range(asked.processes)
    ]
    options = ["--per-minute", str(asked.per_minute), "--seconds", str(asked.seconds)]
    children = [
        subprocess.Popen(
            [
                sys.executable,
                __file__,
                *options,
                "--child",
                app.database_url,
                str(organization),
                lane,
            ],
            stdout=subprocess.PIPE,
        )
        for lane in lanes
    ]
    if asked.stop:
        stop_in_turn(children, asked.seconds)
    told = [json.loads(child.communicate()[0]) for child in children]
    moments = sorted(moment for each in told for moment in each["admitted"])
    window = min(60.0, asked.seconds)
    most = busiest(moments, window)
    elapsed = moments[-1] - moments[0]
    used = len(moments) / (asked.per_minute / 60 * elapsed)
    waits = sorted(wait for each in told for wait in each["waits"])
    table = Table("lane", "admitted", "share", "refused", "for the crowd at the gate", "raised")
    for lane in dict.fromkeys(lanes):
        mine = [each for each, its in zip(told, lanes, strict=True) if its is lane]
        count = sum(len(each["admitted"]) for each in mine)
        share = f"{count / len(moments):.1%}"
        refused, busy = (sum(each[what] for each in mine) for what in ("refused", "busy"))
        raised = sum(len(each["raised"]) for each in mine)
        table.add_row(lane, *map(str, (count, share, refused, busy, raised)))
    console = Console()
    console.print(f"{asked.per_minute} a minute, {asked.processes} processes, {elapsed:.0f} s")
    console.print(table)
    console.print(
        f"most in any {window:.0f} s: {most}, allowed {asked.per_minute * window / 60:.0f}; "
        f"{used:.1%} of the limit used; a begin took {waits[len(waits) // 2] * 1000:.1f} ms "
        f"(median), {waits[int(len(waits) * 0.99)] * 1000:.1f} ms (p99)"
    )
    errors = sorted({error for each in told for error in each["raised"]})
    for error in errors[:5]:
        console.print(f"raised: {error}", markup=False)
    return int(most > asked.per_minute * window / 60 or used < 0.95 or bool(errors))


def stop_in_turn(children: Sequence[subprocess.Popen[bytes]], seconds: float) -> None:
    """Stop a process for a second, then the next one, until shortly before the end."""
    end = time.monotonic() + seconds - 5
    for child in itertools.cycle(children):
        pause(random.uniform(0.5, 1.5))
        if time.monotonic() > end:
            return
        child.send_signal(signal.SIGSTOP)
        pause(1.0)
        child.send_signal(signal.SIGCONT)


def busiest(moments: Sequence[float], window: float) -> int:
    """Return the most moments that lie in any window of so many seconds."""
    most = first = 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - window:
            first += 1
        most = max(most, last - first + 1)
    return most


if __name__ == "__main__":
    sys.exit(main())
