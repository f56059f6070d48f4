"""What is older than the settings keep goes; a little every so often, by the clock."""

from __future__ import annotations

import dramatiq

from scout_workers import messages
from scout_workers.resources import purger

SECONDS = 20.0
"""How long one message of it takes at most: other scheduled work waits meanwhile."""


@dramatiq.actor(queue_name=messages.SCHEDULED, max_retries=0)
@messages.giving_way
def purge() -> None:
    """Take what is old for a while; the next message goes on.

    Not retried: the clock sends for it again soon.
    """
    purger().run(SECONDS)
