"""What was left behind is sent for again; every few minutes, by the clock."""

from __future__ import annotations

import dramatiq

from scout_workers import messages
from scout_workers.asking import spool
from scout_workers.resources import resources, sweeper


@dramatiq.actor(queue_name=messages.SCHEDULED, max_retries=0)
@messages.giving_way
def sweep() -> None:
    """Look once; what was too much for one look is found by the next.

    Not retried: the clock sends for it again soon.
    """
    sweeper().run()
    store, _, blobs = resources()
    spool.run_once(store, blobs)
