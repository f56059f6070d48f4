"""To which broker a backend of results or rate limits belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dramatiq

from .postgres_broker import PostgresBroker

if TYPE_CHECKING:
    from .outbox import Outbox


class Attachment:
    """Finds a broker when it is first needed: a backend may be made before it or after it.

    Args:
        broker: The broker; None: whichever is Dramatiq's global one at each use.
    """

    def __init__(self, broker: PostgresBroker | None) -> None:
        self._broker = broker

    @property
    def outbox(self) -> Outbox:
        """The broker's outbox.

        Raises:
            TypeError: The global broker is another kind of broker.
        """
        broker = self._broker or dramatiq.get_broker()
        if not isinstance(broker, PostgresBroker):
            raise TypeError(
                f"Dramatiq's global broker is a {type(broker).__name__}: "
                "give this backend its PostgresBroker"
            )
        return broker.outbox
