"""Both nights on which clocks change, with many schedulers: each time once."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from fix_schedule import RUNS, entry

from benchmarks import cron_oracle
from scout_workers.domain.schedules import Misfire
from scout_workers.scheduling import Scheduler, synchronise

if TYPE_CHECKING:
    from fix_store import Database

    from scout_workers.store import Store

ENTRIES = [
    entry("nightly", "30 2 * * *", time_zone="Europe/Berlin", misfire=Misfire.ALL),
    entry("jumped", "15,45 2,3 * * *", time_zone="Europe/Berlin", misfire=Misfire.ALL),
    entry("hourly", "0 * * * *", time_zone="Europe/Berlin", misfire=Misfire.ALL),
    entry("quarterly", "*/15 * * * *", time_zone="Europe/Berlin", misfire=Misfire.ALL),
    entry("overseas", "30 1 * * *", time_zone="America/New_York", misfire=Misfire.ALL),
]
SCHEDULERS = 10
CLOCKS_CHANGE = [
    pytest.param(datetime(2026, 3, 29, 1, tzinfo=UTC), id="spring"),
    pytest.param(datetime(2026, 10, 25, 1, tzinfo=UTC), id="autumn"),
]


@pytest.mark.usefixtures("our_broker")
@pytest.mark.parametrize("changes", CLOCKS_CHANGE)
@pytest.mark.parametrize("store_route", ["direct"], indirect=True)
def test_ten_schedulers_send_each_time_of_the_night_once(
    store: Store, database: Database, changes: datetime
) -> None:
    start, end = changes - timedelta(hours=5), changes + timedelta(hours=5)
    synchronise(store, ENTRIES, moment=start)
    seed = random.randrange(2**32)

    def look(number: int) -> None:
        pick = random.Random(seed + number)
        scheduler = Scheduler(store)
        moment = start
        while moment < end:
            # Their clocks are not alike: each goes its own steps.
            moment = min(moment + timedelta(minutes=pick.uniform(3, 40)), end)
            scheduler.tick(moment)

    threads = [
        threading.Thread(target=look, args=(n,), name=f"scheduler-{n}") for n in range(SCHEDULERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = sorted(
        (each.name, moment)
        for each in ENTRIES
        for moment in cron_oracle.times(each.cron, each.time_zone, start, end)
    )
    assert database.rows(RUNS) == expected, f"seed {seed}"
    assert database.value("SELECT count(*) FROM scout_broker.message") == len(expected)
