"""One budget of time an attempt, carried in the context to every socket it opens.

    with deadline.starting(140) as budget:           # the middleware does this around each actor
        timeout = deadline.clip(20)                  # a client's own timeout, never past the budget
        with budget.register(cancel):                # a call that ignores its timeout is cut off
            ...

The layers above the clipped timeouts (cancel handles, then the asynchronous exception, then the
process) are told in docs/adr/0032 and 0033. Only what blocks needs them; a loop of Python calls
`current().check()`.
"""

from scout_workers.deadline.budget import (
    Deadline,
    DeadlineExceeded,
    at_least,
    clip,
    current,
    starting,
)
from scout_workers.deadline.watchdog import Alarm, Watchdog, watchdog

__all__ = [
    "Alarm",
    "Deadline",
    "DeadlineExceeded",
    "Watchdog",
    "at_least",
    "clip",
    "current",
    "starting",
    "watchdog",
]
