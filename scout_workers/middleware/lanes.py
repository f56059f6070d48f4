"""Says of each message whether it is history, which leaves connections to live work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dramatiq import Middleware

from scout_workers import messages, phases

if TYPE_CHECKING:
    from dramatiq.broker import Broker, MessageProxy


class Lanes(Middleware):
    """Marks the context of the thread anew for each message, by its queue."""

    def before_process_message(self, broker: Broker, message: MessageProxy) -> None:
        """Mark what the actor's function will run in."""
        phases.mark_historical(historical=message.queue_name == messages.BACKFILL)
