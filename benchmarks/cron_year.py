"""Ten schedulers in processes of their own, a year of simulated time: each time is sent once.

    python -m benchmarks.cron_year [--schedulers 10] [--days 365] [--stride 120]

Each process goes through the year by strides of its own (the moment is a parameter of the tick, as
it is of the product's), on an embedded Postgres that nobody else uses. What was sent is compared
with what looking at every minute of the year says. Prints a table; exit code 1 if a time is
missing, was sent twice or was sent that nobody named.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import dramatiq
import psycopg
from rich.console import Console
from rich.table import Table

from benchmarks import cron_oracle
from scout_workers import broker, embedded
from scout_workers.broker import Pool, PostgresBroker
from scout_workers.domain.schedules import Entry, Misfire
from scout_workers.scheduling import Scheduler, synchronise
from scout_workers.store import MIGRATIONS, SCHEMA, Store, schedules

pause = time.sleep
LEAD = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
SCHEDULES = {
    "nightly": ("30 2 * * *", "Europe/Berlin"),
    "both_hours": ("15,45 2,3 * * *", "Europe/Berlin"),
    "hourly": ("0 * * * *", "Europe/Berlin"),
    "often": ("*/15 * * * *", "UTC"),
    "overseas": ("30 1 * * *", "America/New_York"),
    "half_an_hour": ("0 2 * * *", "Australia/Lord_Howe"),
    "at_midnight": ("10 0 * * *", "Asia/Beirut"),
    "mondays": ("0 6 * * 1", "Europe/Berlin"),
}


def entries() -> list[Entry]:
    """Return the schedules, each of which makes up for what a long stride passed over."""
    return [
        Entry(name, cron, zone, "nothing", (), Misfire.ALL, enabled=True)
        for name, (cron, zone) in SCHEDULES.items()
    ]


def look(url: str, seed: int, days: int, stride: float) -> None:
    """Be one scheduler: look, go on by a random stride, until the year is over."""
    # A machine may be crowded: that a statement is cut off there is not what is to be seen.
    pool = Pool(url, application_name="scout_app", max_size=2, operation_timeout=120.0)
    sending = PostgresBroker(url)
    dramatiq.set_broker(sending)
    store = Store(pool, statement_seconds=60.0, idle_seconds=120.0)
    scheduler = Scheduler(store, most_misfires=100_000)
    pick = random.Random(seed)
    moment, end = START, START + timedelta(days=days)
    while moment < end:
        moment = min(moment + timedelta(minutes=pick.uniform(1, 2 * stride)), end)
        scheduler.tick(moment)
        # Real clocks go together: none goes on by weeks while another process is sending.
        while is_behind(store, moment - LEAD):
            pause(0.05)
            scheduler.tick(moment)
    sending.close()
    pool.close()


def is_behind(store: Store, moment: datetime) -> bool:
    """Whether anything that was due at a moment is still to be sent."""
    with store.transaction() as tx:
        return bool(schedules.due(tx, moment))


def main() -> int:
    """Run the year, print what came of it, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--schedulers", type=int, default=10)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--stride", type=float, default=120, help="minutes, on average")
    given = parser.parse_args()
    seed = random.randrange(2**32)
    with tempfile.TemporaryDirectory(prefix="scout-cron-year-") as folder:
        Path(folder).chmod(0o711)
        with embedded.acquire(Path(folder)) as server:
            broker.migrate(server.url)
            broker.Migrator(server.url, schema=SCHEMA, folder=MIGRATIONS).apply()
            pool = Pool(server.url, application_name="scout_app", max_size=1)
            synchronise(Store(pool), entries(), moment=START)
            pool.close()
            began = time.monotonic()
            fork = get_context("spawn")
            processes = [
                fork.Process(target=look, args=(server.url, seed + n, given.days, given.stride))
                for n in range(given.schedulers)
            ]
            for process in processes:
                process.start()
            for process in processes:
                process.join()
            took = time.monotonic() - began
            failed = [process for process in processes if process.exitcode]
            with psycopg.connect(server.url) as connection:
                runs = connection.execute(
                    "SELECT schedule, scheduled_for FROM scout.schedule_runs"
                ).fetchall()
                sent = connection.execute("SELECT count(*) FROM scout_broker.message").fetchone()
    table = Table("schedule", "cron", "time zone", "expected", "sent once", "missing", "too many")
    bad = len(failed)
    for name, (cron, zone) in SCHEDULES.items():
        expected = set(cron_oracle.times(cron, zone, START, START + timedelta(days=given.days)))
        found = Counter(moment for each, moment in runs if each == name)
        once = sum(1 for moment in expected if found[moment] == 1)
        missing, surplus = len(expected - set(found)), sum(found.values()) - once
        bad += missing + surplus
        table.add_row(name, cron, zone, *map(str, (len(expected), once, missing, surplus)))
    assert sent is not None
    bad += abs(sent[0] - len(runs))
    Console().print(table)
    print(
        f"{given.schedulers} processes, {given.days} days in {took:.0f} s: {len(runs)} runs, "
        f"{sent[0]} messages; seed {seed}"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
