"""A backfill beside live work: what is in the broker, what is held, what a live capture waits.

    python -m benchmarks.backfill [--captures 100000] [--seconds 0] [--kills 3]
    python -m benchmarks.backfill --live [--captures 100000] [--turns 6] [--turn-seconds 20]

A real worker process of 63 threads on an embedded Postgres of its own: 12 slots for live captures,
and for the backfill what the other queues leave. The captures are rows that share one tiny image;
the model sleeps for --seconds.

The first way works all of them off while the worker is killed with signal 9 now and then, and
looks in from outside twenty times a second. The second pauses and resumes the backfill by turns
while live captures come all the time, so that both kinds of turn meet the same machine; a live
capture's time is from the commit that made it to the one that completed it, by the database's
clock. Each prints a table; exit code 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from rich.console import Console

from benchmarks.backfill.live import Live
from benchmarks.backfill.looking import Looker, Worker, show
from scout_workers import settings
from scout_workers.app import App, open_app
from scout_workers.backfilling import begin
from scout_workers.backfilling.surveying import survey
from scout_workers.domain.backfills import Selection, Throttle
from scout_workers.domain.captures import BlobRef
from scout_workers.store import cameras, organizations, profiles

GIVE_UP_SECONDS = 7200
OTHERS = {
    "processing": 12,
    "events": 4,
    "default": 4,
    "embeddings": 2,
    "scheduled": 1,
    "summary_generation": 1,
    "insights": 1,
    "profile_generation": 1,
}
FILL = """
INSERT INTO scout.captures
    (organization_id, camera_id, bucket, key, captured_at, size_bytes, sha256, source)
SELECT %s, %s, 'captures', 'bench/' || n, timestamptz '2026-01-01' + n * interval '1 minute', 1,
       repeat('0', 64), 'bench'
FROM generate_series(1, %s) AS n
"""


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--captures", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=63)
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--max-in-flight", type=int, default=200)
    parser.add_argument("--rate", type=float, default=None, help="captures a minute")
    parser.add_argument("--live", action="store_true")
    parser.add_argument("--live-seconds", type=float, default=None)
    parser.add_argument("--live-rate", type=float, default=4.0, help="live captures a second")
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--turn-seconds", type=float, default=20.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scout-bench-") as folder:
        Path(folder).chmod(0o711)
        os.environ["SCOUT_DATA_DIR"] = os.environ["BENCH_FOLDER"] = folder
        slots = OTHERS | {"backfill": asked.threads - sum(OTHERS.values())}
        os.environ |= {f"SCOUT_QUEUES__{queue.upper()}": str(n) for queue, n in slots.items()}
        with open_app(settings.load(data_dir=Path(folder))) as app:
            history = fill(app, asked.captures, asked.seconds)
            worker = Worker(asked.threads)
            try:
                if asked.live:
                    live = asked.seconds if asked.live_seconds is None else asked.live_seconds
                    return Live(app, history, worker, asked, live).run()
                return work_off(app, history, worker, asked)
            finally:
                worker.end()


def fill(app: App, count: int, seconds: float) -> Selection:
    """Put the history in."""
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(picture, "JPEG")
    one = BlobRef("captures", "bench/one.jpg")
    app.blobs.write(one, picture.getvalue(), content_type="image/jpeg")
    with app.store.transaction() as tx:
        organization = organizations.find_or_create(tx, "bench")
        camera = cameras.find_or_create(tx, organization, "history")
        profiles.ensure_active(
            tx, organization, camera, provider="local", model=str(seconds), instructions=""
        )
    with app.pool.connection() as connection:
        connection.execute(FILL, [organization, camera, count])
    return Selection(organization, camera)


def work_off(app: App, history: Selection, worker: Worker, asked: argparse.Namespace) -> int:
    """Work the history off, whoever is killed, and print what was seen."""
    worker.begin()
    found = survey(app, history)
    throttle = Throttle(max_in_flight=asked.max_in_flight, rate=asked.rate)
    begun = begin(app, history, found, throttle, wish="the bench's", by="bench")
    app.pool.close()  # the worker's connections alone are to be counted
    started = time.monotonic()
    kills = [asked.captures * (each + 1) // (asked.kills + 1) for each in range(asked.kills)]
    with Looker(app.database_url) as looker:
        while (state := looker.look(begun.id)) != "completed":
            if kills and looker.done >= kills[0]:
                kills.pop(0)
                worker.kill()
                worker.begin()
            if time.monotonic() - started > GIVE_UP_SECONDS:
                print(f"the backfill is {state} after {GIVE_UP_SECONDS} s")
                return 1
            time.sleep(0.05)
        elapsed = time.monotonic() - started
        looker.settle()
        return show(Console(), looker, worker, asked, elapsed)


if __name__ == "__main__":
    sys.exit(main())
