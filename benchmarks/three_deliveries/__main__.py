"""Every capture sent three times, to workers that are killed all the time: done once, paid once.

    python -m benchmarks.three_deliveries [--captures 300] [--kills 24] [--stops 8] [--seed N]

Two real worker processes of 32 threads with an application's pool of 4 connections each, on an
embedded Postgres of its own; `scout-workers fake-llm` in a process of its own, whose till is the
provider's side of the account. At random moments one of them is killed (signal 9) and begun anew,
or stopped for up to eight seconds (SIGSTOP), which is longer than the others take it to be alive,
and woken: then it finishes what has been somebody else's for a while.

Each capture has a camera and a model of its own, so that the till tells which capture a payment was
for. Prints what happened and what was promised; exit code 1 if a promise is broken.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.three_deliveries import showing
from benchmarks.three_deliveries.account import gathered
from benchmarks.three_deliveries.captures import sent
from benchmarks.three_deliveries.harm import Harm, Worker
from benchmarks.three_deliveries.looking import Looker
from benchmarks.three_deliveries.provider import Provider
from scout_workers import settings
from scout_workers.app import open_app

DELIVERIES = 3
WORKERS = 2
THREADS = 32
CONNECTIONS = 4
LOOK_SECONDS = 0.25
GIVE_UP_SECONDS = 1200


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--captures", type=int, default=300)
    parser.add_argument("--kills", type=int, default=24)
    parser.add_argument("--stops", type=int, default=8)
    parser.add_argument("--latency", default="1-6", help="of the provider, in seconds")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scout-bench-")))
        folder.chmod(0o711)  # the database server is another user where we are root
        provider = stack.enter_context(Provider(asked.latency))
        os.environ |= surroundings(folder) | provider.pointing
        app = stack.enter_context(open_app(settings.load()))
        models = sent(app, asked.captures, DELIVERIES, chance)
        app.pool.close()  # the workers' connections alone are to be counted
        workers = [
            stack.enter_context(Worker(THREADS, folder / f"worker-{number}.log"))
            for number in range(WORKERS)
        ]
        harm = Harm(workers, chance, kills=asked.kills, stops=asked.stops)
        looker = stack.enter_context(Looker(app.database_url))
        began = time.monotonic()
        while looker.look() or harm.stopped:
            harm.strike(looker.pids, looker.open_calls)
            if time.monotonic() - began > GIVE_UP_SECONDS:
                print(f"not done after {GIVE_UP_SECONDS} s; the workers' last words:")
                print(*(worker.last_words() for worker in workers), sep="\n")
                break
            time.sleep(LOOK_SECONDS)
        elapsed = time.monotonic() - began
        account = gathered(app.database_url, provider.entries(), models)
    return showing.show(asked, account, harm, looker, elapsed)


def surroundings(folder: Path) -> dict[str, str]:
    """Return the variables everything runs with: the product's own, and quick to notice a death."""
    return {
        "SCOUT_DATA_DIR": str(folder),
        "SCOUT_LOGGING__LEVEL": "WARNING",
        "SCOUT_VECTOR_SEARCH": "false",
        "SCOUT_CRON__IN_WORKERS": "false",
        "SCOUT_POOLS__APPLICATION_SIZE": str(CONNECTIONS),
        "SCOUT_QUEUES__PROCESSING": str(THREADS - 6),  # what default and events leave
        "SCOUT_BROKER__HEARTBEAT_SECONDS": "1",
        # Nobody's workers die so often. It is there for a message that kills its workers itself.
        "SCOUT_BROKER__MAX_DELIVERIES": "1000",
    }


if __name__ == "__main__":
    sys.exit(main())
