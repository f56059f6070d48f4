"""What a stopping worker has in its hands but has not begun."""

from __future__ import annotations

from queue import Empty
from typing import TYPE_CHECKING, Any

from .claimed import ClaimedMessage

if TYPE_CHECKING:
    from dramatiq import Worker


def unbegun(worker: Worker) -> list[ClaimedMessage]:
    """Take every message that waits for a thread out of a worker's work queue.

    Dramatiq gives these back too, but only when the last running message has ended, minutes later.
    """
    messages: list[ClaimedMessage] = []
    while True:
        try:
            item: Any = worker.work_queue.get_nowait()
        except Empty:
            return messages
        worker.work_queue.task_done()
        # Dramatiq before 2.2 queues (priority, message), since then an item with a message.
        message = item[1] if isinstance(item, tuple) else item.message
        if isinstance(message, ClaimedMessage):
            messages.append(message)
