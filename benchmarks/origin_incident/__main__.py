"""The incident this product comes from, beside what it does instead, in one run.

    python -m benchmarks.origin_incident [--scale 0.1] [--turns 3] [--turn-seconds 12] [--write]

200 threads share a pool of ten connections. 25 of them ask a model, 5 to 30 s a call; 175 do short
jobs, about one a second each: one row in one transaction. Three ways take turns on the same
embedded Postgres, each with a fresh pool of the product's own: a transaction wrapped around the
call, as it was; the same with a server that ends what is idle in a transaction for 10 s; and the
product's three phases. --scale shortens calls and time-outs alike. Prints a table; --write makes
docs/origin-incident.md of it. Exit code 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.origin_incident import page
from benchmarks.origin_incident.fleet import Fleet
from benchmarks.origin_incident.outcome import Outcome
from benchmarks.origin_incident.ways import WAYS, law_refuses
from benchmarks.origin_incident.work import Work
from scout_workers import settings
from scout_workers.app import open_app

if TYPE_CHECKING:
    from scout_workers.app import App


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--threads", type=int, default=200)
    parser.add_argument("--callers", type=int, default=25, help="of the threads, those who ask")
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument(
        "--scale", type=float, default=0.1, help="of the calls' 5 to 30 s and the 10 s of patience"
    )
    parser.add_argument("--turns", type=int, default=3, help="of each way")
    parser.add_argument("--turn-seconds", type=float, default=12.0)
    parser.add_argument("--write", action="store_true", help="docs/origin-incident.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scout-bench-") as folder:
        Path(folder).chmod(0o711)  # the database server is another user where we are root
        with open_app(settings.load(data_dir=Path(folder))) as app:
            law_refuses(app.store)
            outcomes = measured(app, asked)
    missed = page.show(outcomes)
    if asked.write:
        page.write(outcomes, asked)
    return missed


def measured(app: App, asked: argparse.Namespace) -> list[Outcome]:
    """Let the ways take turns, and return what came of each."""
    outcomes = [Outcome(way, asked.turn_seconds) for way in WAYS]
    work = Work(app, asked.scale)
    for turn in range(asked.turns):
        for outcome in outcomes:
            print(f"turn {turn + 1} of {asked.turns}: {outcome.way.name}", file=sys.stderr)
            outcome.add(Fleet(app.database_url, outcome.way, work, asked).run())
    return outcomes


if __name__ == "__main__":
    sys.exit(main())
