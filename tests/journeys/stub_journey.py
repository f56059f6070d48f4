"""Producer and worker in one process, for that is as far as a StubBroker's messages reach."""

from __future__ import annotations

import sys
from pathlib import Path

from dramatiq import Worker
from dramatiq.brokers.stub import StubBroker

from scout_workers import messages, settings
from scout_workers.app.working import working_app
from scout_workers.imports import import_folder
from scout_workers.store import reports

app = working_app(settings.load())
broker = app.broker
assert isinstance(broker, StubBroker)
app.migrate()
import_folder(app, Path(sys.argv[1]), camera="yard")


def join() -> None:
    """Wait until both queues are empty and nobody works."""
    for queue in (messages.PROCESSING, messages.DEFAULT):
        broker.join(queue, timeout=30_000)
    worker.join()


broker.emit_after("process_boot")
worker = Worker(broker, worker_threads=6, worker_timeout=100)
worker.start()
join()
with app.store.transaction() as tx:
    captures = reports.captures(tx, organization=None, camera=None, state=None, limit=10)
for capture in captures:
    messages.analyze_capture(capture.id).send()
join()
worker.stop()
