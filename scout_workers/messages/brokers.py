"""What is asked of a broker, and of a transaction its messages can be part of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import dramatiq
    import psycopg


class OpenTransaction(Protocol):
    """What is needed of the transaction a message is sent or acknowledged with."""

    @property
    def connection(self) -> psycopg.Connection[tuple[Any, ...]]:
        """The connection it is open on."""
        ...

    def after_commit(self, hook: Callable[[], object]) -> None:
        """Call `hook` once it has committed."""
        ...


class JoiningBroker(Protocol):
    """A Dramatiq broker whose messages can be part of a transaction of ours."""

    joins: bool
    LeaseLostError: type[Exception]

    def enqueue_in(
        self,
        connection: psycopg.Connection[tuple[Any, ...]],
        message: dramatiq.Message[Any],
        *,
        delay: int | None = None,
    ) -> object:
        """Enqueue on the connection's transaction."""
        ...

    def enqueue_many_in(
        self,
        connection: psycopg.Connection[tuple[Any, ...]],
        messages: Iterable[dramatiq.Message[Any]],
    ) -> object:
        """Enqueue many on the connection's transaction."""
        ...

    def ack_in(self, connection: psycopg.Connection[tuple[Any, ...]], message: object) -> None:
        """Acknowledge on the connection's transaction."""
        ...

    def ready(self, queue_name: str, *, most: int) -> int:
        """Count the messages that wait in a queue, no further than `most`."""
        ...

    def wake(self) -> None:
        """Have this process look for messages now."""
        ...


def joins(broker: object) -> TypeGuard[JoiningBroker]:
    """Whether messages of this broker can be part of a transaction of ours."""
    return bool(getattr(broker, "joins", False))
