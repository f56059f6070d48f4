"""Results of actors in Postgres, for Dramatiq's Results middleware."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from dramatiq.results import Missing, ResultBackend, ResultMissing, ResultTimeout
from dramatiq.results.backend import DEFAULT_TIMEOUT, Result
from dramatiq.results.result import wrap_exception

from .attachment import Attachment
from .effects import KeptResult
from .errors import MessageTooLargeError
from .patience import wait_for

if TYPE_CHECKING:
    from dramatiq import Encoder, Message

    from .postgres_broker import PostgresBroker

logger = logging.getLogger(__name__)


class PostgresResults(ResultBackend):
    """Keeps results beside the broker's messages.

    What the Results middleware stores while a message is settled is written in the transaction that
    settles it, or not at all when the lease was lost: whoever sees a result sees a message that is
    done. What is stored at any other time is written at once.

    Args:
        broker: The broker; None: Dramatiq's global one, looked up at each use, so that a backend
            can be made before its broker.
        namespace: Part of every key, as in Dramatiq's other backends.
        encoder: Makes bytes of results; by default Dramatiq's global one.
        cap: The largest encoded result kept, in bytes. In place of a larger one a failure that
            says so is kept, so that nobody waits for it in vain.
        options: Whatever else Dramatiq's ResultBackend takes.
    """

    def __init__(
        self,
        broker: PostgresBroker | None = None,
        *,
        namespace: str = "dramatiq-results",
        encoder: Encoder | None = None,
        cap: int = 1 << 20,
        **options: Any,
    ) -> None:
        super().__init__(namespace=namespace, encoder=encoder, **options)
        self._attachment = Attachment(broker)
        self._cap = cap

    def get_result(
        self,
        message: Message[Any],
        *,
        block: bool = False,
        timeout: int | None = None,
        forget: bool = False,
    ) -> Result:
        """Return a message's result. Blocking looks again and again, and holds no connection.

        Args:
            message: The message.
            block: Whether to wait until there is one.
            timeout: Milliseconds to wait at most; None: ten seconds.
            forget: Whether to remove it. It is removed after it was read, so that none is lost
                with a lost answer: two who read at once both have it.

        Raises:
            ResultMissing: There is none yet, or no longer.
            ResultTimeout: There was none within the timeout.
            ResultFailure: The actor raised.
            BrokerUnavailableError: The server could not be reached.
        """
        key = self.build_message_key(message)
        seconds = (DEFAULT_TIMEOUT if timeout is None else timeout) / 1000
        payload = wait_for(lambda: self._read(key), seconds=seconds) if block else self._read(key)
        if payload is None:
            missing = ResultTimeout if block else ResultMissing
            raise missing(message)
        if forget:
            self._attachment.outbox.database.run("forget_result", {"key": key})
        result = self.encoder.decode(payload)
        return self.unwrap_result(result)  # type: ignore[no-untyped-call]  # Dramatiq

    def _read(self, key: str) -> bytes | None:
        rows = self._attachment.outbox.database.run("read_result", {"key": key})
        return rows[0][0] if rows else None

    def _get(self, message_key: str) -> Result:
        payload = self._read(message_key)
        return Missing if payload is None else self.encoder.decode(payload)

    def _store(self, message_key: str, result: Result, ttl: int) -> None:
        payload = self.encoder.encode(result)
        if len(payload) > self._cap:
            error = MessageTooLargeError(
                f"the result is {len(payload):,} bytes, the cap is {self._cap:,}: keep it in the "
                "blob store or a table, and return its key"
            )
            logger.error("A result is not kept: %s.", error)
            failure = wrap_exception(error)  # type: ignore[no-untyped-call]  # Dramatiq
            payload = self.encoder.encode(failure)
        self._attachment.outbox.keep(message_key, KeptResult(payload, ttl))
