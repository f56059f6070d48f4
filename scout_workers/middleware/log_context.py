"""Which message a line of the log is about, and one line about each message."""

from __future__ import annotations

import logging
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

from dramatiq import Middleware

from scout_workers.domain.errors import Verdict
from scout_workers.middleware.recall import MessageAborted, MessageLost, recall_of
from scout_workers.middleware.verdicts import reason_of, verdict_of

if TYPE_CHECKING:
    from dramatiq import Broker
    from dramatiq.broker import MessageProxy

logger = logging.getLogger(__name__)


class LogFields(NamedTuple):
    """What every line of the log says of the message it was written under.

    Attributes:
        attempt: 1 for the first; deferrals are not counted.
        began: On the clock of time.perf_counter.
    """

    message_id: str
    actor: str
    queue: str
    attempt: int
    began: float


_fields: ContextVar[LogFields | None] = ContextVar("log_fields", default=None)


def current_fields() -> LogFields | None:
    """The fields of the message this thread or task is busy with, or None."""
    return _fields.get()


class LogContext(Middleware):
    """Marks the context with the message's fields, from before all others to its acknowledgement.

    Of each message one line is written when all others are done with it: completed, deferred,
    retried, failed, skipped, or refused (it is another worker's by now); after how long, and for
    what class of error. Never its arguments.
    """

    def before_process_message(self, broker: Broker, message: MessageProxy) -> None:
        """Mark the context."""
        attempt = message.options.get("retries", 0) + 1
        _fields.set(
            LogFields(
                message.message_id,
                message.actor_name,
                message.queue_name,
                attempt,
                time.perf_counter(),
            )
        )

    def after_process_message(
        self,
        broker: Broker,
        message: MessageProxy,
        *,
        result: object = None,
        exception: BaseException | None = None,
    ) -> None:
        """Write the message's line."""
        recalled = recall_of(message)
        if recalled is MessageLost:
            self._write(logging.WARNING, "refused", message, "lease_lost")
            return
        if exception is None:
            self._write(logging.INFO, "completed", message)
            return
        verdict = verdict_of(exception)
        reason = "aborted" if recalled is MessageAborted else reason_of(exception)
        if message.failed:
            expected = verdict is Verdict.TERMINAL or recalled is MessageAborted
            self._write(logging.WARNING if expected else logging.ERROR, "failed", message, reason)
        elif verdict is Verdict.DEFER:
            self._write(logging.INFO, "deferred", message, reason)
        else:
            self._write(logging.WARNING, "retried", message, reason)

    def after_skip_message(self, broker: Broker, message: MessageProxy) -> None:
        """Write the line of a message no actor saw."""
        self._write(logging.INFO, "failed" if message.failed else "skipped", message)

    def after_ack(self, broker: Broker, message: MessageProxy) -> None:
        """Unmark the context: what this thread says now is about no message."""
        _fields.set(None)

    after_nack = after_ack

    def _write(
        self, level: int, outcome: str, message: MessageProxy, reason: str | None = None
    ) -> None:
        fields = _fields.get()
        took = 0.0 if fields is None else (time.perf_counter() - fields.began) * 1000
        logger.log(
            level,
            "%s %s in %.0f ms%s",
            message.actor_name,
            outcome,
            took,
            f": {reason}" if reason else "",
            extra={"outcome": outcome, "duration_ms": round(took, 1), "reason": reason},
        )
