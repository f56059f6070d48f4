"""Opens what actors reach for after the fork, and closes it when the last of them is done."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from dramatiq import Middleware

if TYPE_CHECKING:
    from collections.abc import Callable

    from dramatiq import Broker, Worker

logger = logging.getLogger(__name__)

#: What the `dramatiq` command itself exits with when a worker cannot connect.
CANNOT_OPEN = 3


class Lifecycle(Middleware):
    """Ties resources to the life of a worker process.

    Args:
        opening: Opens them; called once in each worker process, before any thread works.
        closing: Closes them; called once after the last worker thread has ended.
    """

    def __init__(self, *, opening: Callable[[], None], closing: Callable[[], None]) -> None:
        self._opening = opening
        self._closing = closing

    def after_process_boot(self, broker: Broker) -> None:
        """Open the resources.

        Raises:
            SystemExit: They cannot be opened. An ordinary error would be swallowed by Dramatiq,
                and the worker would claim messages it has nothing to do them with.
        """
        try:
            self._opening()
        except Exception as error:
            logger.critical("This worker cannot start: %s", error, exc_info=True)
            raise SystemExit(CANNOT_OPEN) from error

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Close the resources."""
        self._closing()
