"""What a worker has in its hands but has not begun."""

from __future__ import annotations

from queue import Empty
from typing import TYPE_CHECKING, Any

from .claimed import ClaimedMessage

if TYPE_CHECKING:
    from dramatiq import Worker


def take_all(worker: Worker) -> list[ClaimedMessage]:
    """Take every message that waits for a thread out of the queue of a worker that shuts down.

    Dramatiq gives these back too, but only when the last running message has ended, minutes later.
    """
    return [message for _, message in _drained(worker) if message is not None]


def take_last(worker: Worker, queue: str, most: int) -> list[ClaimedMessage]:
    """Take the last messages of a queue, `most` of them, out of a worker that goes on."""
    items = _drained(worker)
    places = [n for n, (_, message) in enumerate(items) if message and message.queue == queue]
    taken = set(places[-most:])
    for place, (item, _) in enumerate(items):
        if place not in taken:
            worker.work_queue.put(item)
    return [message for n, (_, message) in enumerate(items) if n in taken and message is not None]


def _drained(worker: Worker) -> list[tuple[Any, ClaimedMessage | None]]:
    items: list[tuple[Any, ClaimedMessage | None]] = []
    while True:
        try:
            item: Any = worker.work_queue.get_nowait()
        except Empty:
            return items
        worker.work_queue.task_done()
        # Dramatiq before 2.2 queues (priority, message), since then an item with a message.
        message = item[1] if isinstance(item, tuple) else item.message
        items.append((item, message if isinstance(message, ClaimedMessage) else None))
