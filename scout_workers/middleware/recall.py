"""What ends an actor whose message is taken from it: by another worker, or by a person.

Both are Interrupts, as Dramatiq's TimeLimitExceeded is: `except Exception` lets them pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dramatiq.middleware import Interrupt

if TYPE_CHECKING:
    from dramatiq.broker import MessageProxy


class MessageLost(Interrupt):
    """This process was thought dead: the message is another worker's, and no effect counts."""

    def __init__(self, detail: str = "the message is another worker's by now") -> None:
        super().__init__(detail)


class MessageAborted(Interrupt):
    """Somebody asked that the message be ended: it is dead, and not retried."""

    def __init__(self, detail: str = "somebody asked that the message be ended") -> None:
        super().__init__(detail)


def recall_of(message: MessageProxy) -> type[MessageLost | MessageAborted] | None:
    """Say why a message was taken back from this process; None: it was not.

    Brokers other than ours never take one back.
    """
    if getattr(message, "lost", False):
        return MessageLost
    return MessageAborted if getattr(message, "aborted", False) else None
