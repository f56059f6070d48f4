"""How many connections a busy worker holds, and how long anybody waits for one.

    python benchmarks/connections.py [--captures 400] [--threads 63] [--seconds 5]

A real `dramatiq` worker with 63 threads works off captures on an embedded Postgres of its own; the
model behind it takes 5 s a capture. pg_stat_activity is looked at ten times a second from outside,
the pools measure from inside. Prints a table; exit code 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from PIL import Image
from rich.console import Console
from rich.table import Table

from scout_workers import messages, settings
from scout_workers.app import App, open_app
from scout_workers.domain.captures import BlobRef
from scout_workers.store import cameras, captures, organizations, profiles
from scout_workers.store.captures import NewCapture

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
SAMPLE_SECONDS = 0.1
GIVE_UP_SECONDS = 600


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--captures", type=int, default=400)
    parser.add_argument("--threads", type=int, default=63)
    parser.add_argument("--seconds", type=float, default=5.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scout-bench-") as folder:
        Path(folder).chmod(0o711)
        os.environ["SCOUT_DATA_DIR"] = folder
        os.environ["SCOUT_QUEUES__PROCESSING"] = str(asked.threads - 3)
        with open_app(settings.load(data_dir=Path(folder))) as app:
            fill(app, asked.captures)
            app.pool.close()  # the worker's connections alone are to be counted
            return measure(app, asked, Path(folder) / "report.json")


def fill(app: App, count: int) -> None:
    """Put captures and their messages in, as an import does."""
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(picture, "JPEG")
    begin = datetime.now(UTC)
    with app.store.transaction() as tx:
        organization = organizations.find_or_create(tx, "bench")
        camera = cameras.find_or_create(tx, organization, "bench")
        profiles.ensure_active(
            tx, organization, camera, provider="local", model="slow", instructions=""
        )
    for number in range(count):
        blob = BlobRef("captures", f"bench/{number}.jpg")
        app.blobs.write(blob, picture.getvalue(), content_type="image/jpeg")
        with app.store.transaction() as tx:
            capture = captures.insert(
                tx,
                NewCapture(
                    organization_id=organization,
                    camera_id=camera,
                    bucket=blob.bucket,
                    key=blob.key,
                    captured_at=begin + timedelta(seconds=number),
                    size_bytes=picture.tell(),
                    sha256=hashlib.sha256(str(number).encode()).hexdigest(),
                    source="bench",
                ),
            )
            assert capture is not None
            messages.analyze_capture(capture).send(tx)


def measure(app: App, asked: argparse.Namespace, report: Path) -> int:
    """Run the worker until all is done, and print what was seen."""
    environment = os.environ | {
        "BENCH_SECONDS": str(asked.seconds),
        "BENCH_REPORT": str(report),
        "SCOUT_LOGGING__LEVEL": "WARNING",
    }
    command = ["-m", "dramatiq", "slow_worker", "--path", str(HERE), "--processes", "1"]
    started = time.monotonic()
    worker = subprocess.Popen(
        [sys.executable, *command, "--threads", str(asked.threads)], env=environment
    )
    most: Counter[str] = Counter()
    try:
        while done(app) < asked.captures:
            if worker.poll() is not None or time.monotonic() - started > GIVE_UP_SECONDS:
                print("the worker did not finish")
                return 1
            sample(app.database_url, most)
            time.sleep(SAMPLE_SECONDS)
        elapsed = time.monotonic() - started
    finally:
        worker.terminate()
        worker.wait()
    application, broker = json.loads(report.read_text())
    show(asked, elapsed, most, application, broker)
    missed = (
        most["scout_app"] > application["max_size"]
        or most["scout_broker"] > broker["max_size"]
        or application["waits"]["p99"] > 0.05
        or most["idle in transaction"] > 0
    )
    return int(missed)


def done(app: App) -> int:
    """Count finished analyses."""
    with psycopg.connect(app.database_url, application_name="bench") as connection:
        row = connection.execute("SELECT count(*) FROM scout.analyses WHERE state = 'completed'")
        return int((row.fetchone() or (0,))[0])


def sample(url: str, most: Counter[str]) -> None:
    """Look at the server's connections once, and remember the most of each kind."""
    with psycopg.connect(url, application_name="bench") as connection:
        rows = connection.execute(
            "SELECT application_name, count(*), count(*) FILTER (WHERE state = "
            "'idle in transaction' AND now() - state_change > interval '1 second') "
            "FROM pg_stat_activity WHERE application_name LIKE 'scout%' GROUP BY 1"
        ).fetchall()
    for name, connections, stuck in rows:
        most[name] = max(most[name], connections)
        most["idle in transaction"] = max(most["idle in transaction"], stuck)


def show(
    asked: argparse.Namespace,
    elapsed: float,
    most: Counter[str],
    application: dict[str, Any],
    broker: dict[str, Any],
) -> None:
    """Print the tables."""
    ideal = -(-asked.captures // (asked.threads - 3)) * asked.seconds
    console = Console()
    console.print(
        f"{asked.captures} captures of {asked.seconds:g} s, {asked.threads} threads: "
        f"{elapsed:.1f} s, ideal {ideal:.1f} s; transactions idle for over a second: "
        f"{most['idle in transaction']}"
    )
    table = Table("", *(str(pool["application_name"]) for pool in (application, broker)))
    measures: dict[str, Callable[[dict[str, Any]], str]] = {
        "connections allowed": lambda pool: str(pool["max_size"]),
        "connections, most seen": lambda pool: str(most[pool["application_name"]]),
        "checkouts": lambda pool: str(pool["waits"]["count"]),
    }
    for what, key in (("waited", "waits"), ("held", "holds")):
        for figure in ("p50", "p99", "longest"):
            measures[f"{what}, {figure}"] = partial(milliseconds, key, figure)
    for name, value in measures.items():
        table.add_row(name, value(application), value(broker))
    console.print(table)


def milliseconds(key: str, figure: str, pool: dict[str, Any]) -> str:
    """Show one figure of a pool's report."""
    return f"{pool[key][figure] * 1000:.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
