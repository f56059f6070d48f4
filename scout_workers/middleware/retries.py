"""Decides whether a failed message runs again, when, and at whose expense."""

from __future__ import annotations

import logging
import math
import random
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from dramatiq.common import compute_backoff
from dramatiq.middleware import Retries

from scout_workers.domain.errors import Verdict
from scout_workers.middleware.recall import MessageAborted, MessageLost, recall_of
from scout_workers.middleware.verdicts import is_held, reason_of, verdict_of, wait_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dramatiq import Actor, Broker, Message
    from dramatiq.broker import MessageProxy

logger = logging.getLogger(__name__)

SECOND_MS = 1000


class VerdictRetries(Retries):
    """Dramatiq's Retries, for errors that say themselves what is to become of the message.

    RETRY      as the stock middleware has it, with all its options: counted in `retries`.
    DEFER      later, and not counted: after the error's `retry_after`, or else backing off.
               Counted apart in the option `deferrals`, and bounded by age.
    FAIL       dead, at once.
    TERMINAL   dead, at once.

    `throws` comes before all of them, and Dramatiq's own `Retry` is a retry like any other.
    `on_retry_exhausted` is also told of a message that was deferred for too long, and of one that
    was aborted as it ran: aborted is dead, whatever the actor made of it.

    Args:
        max_retries: Few, since an attempt may be a paid one.
        min_backoff: Milliseconds before the first retry; doubled, with jitter, for each further.
        max_backoff: Milliseconds between retries at most, and between deferrals.
        retry_when: As in the stock middleware.
        max_deferral: How long a message may be deferred by a provider before it is dead. Actors
            may say otherwise by the option `max_deferral_age`, in milliseconds.
        max_hold: How long one may wait for a person: for a budget, for the end of a pause.
    """

    def __init__(
        self,
        *,
        max_retries: int = 5,
        min_backoff: int = 5 * SECOND_MS,
        max_backoff: int = 600 * SECOND_MS,
        retry_when: Callable[[int, BaseException], bool] | None = None,
        max_deferral: timedelta = timedelta(hours=24),
        max_hold: timedelta = timedelta(days=35),
    ) -> None:
        super().__init__(
            max_retries=max_retries,
            min_backoff=min_backoff,
            max_backoff=max_backoff,
            retry_when=retry_when,
        )
        self.max_deferral = max_deferral
        self.max_hold = max_hold

    @property
    def actor_options(self) -> set[str]:
        """The stock middleware's, and `max_deferral_age`."""
        stock: set[str] = super().actor_options
        return stock | {"max_deferral_age"}

    def after_process_message(
        self,
        broker: Broker,
        message: MessageProxy,
        *,
        result: object = None,
        exception: BaseException | None = None,
    ) -> None:
        """Enqueue the message again, or mark it dead, or leave it to be acknowledged."""
        if exception is None:
            return
        actor = broker.get_actor(message.actor_name)
        recalled = recall_of(message)
        if recalled is MessageLost:
            return  # another worker says what becomes of it; nothing of this outcome counts
        if recalled is MessageAborted:
            logger.warning("Message %s is dead: it was aborted.", message.message_id)
            message.fail()
            self._tell_exhausted(broker, actor, message)
            return
        throws = message.options.get("throws") or actor.options.get("throws")
        verdict = verdict_of(exception)
        if verdict is Verdict.RETRY or (throws and isinstance(exception, throws)):
            # It got past whatever it was deferred for: a later deferral is a new one.
            message.options.pop("deferred_since", None)
            super().after_process_message(  # type: ignore[no-untyped-call] # Dramatiq's is untyped
                broker, message, result=result, exception=exception
            )
        elif verdict is Verdict.DEFER:
            self._defer(broker, actor, message, exception)
        else:
            logger.warning("Message %s is dead: %s.", message.message_id, reason_of(exception))
            message.fail()

    def _defer(
        self,
        broker: Broker,
        actor: Actor[Any, Any],
        message: MessageProxy,
        exception: BaseException,
    ) -> None:
        options, now = message.options, int(time.time() * 1000)
        waits_for = "person" if is_held(exception) else "provider"
        if options.get("deferred_for") != waits_for:
            options.update(deferred_for=waits_for, deferred_since=now)
        left = options.setdefault("deferred_since", now) + self._bound(actor, exception) - now
        if left <= 0:
            logger.warning(
                "Message %s is dead: deferred %d times, for too long: %s.",
                message.message_id,
                options.get("deferrals", 0),
                reason_of(exception),
            )
            message.fail()
            self._tell_exhausted(broker, actor, message)
            return
        deferrals = options.get("deferrals", 0)
        options["deferrals"] = deferrals + 1
        # Never past the bound: the last try is at its very end.
        delay = min(self._delay(wait_of(exception), deferrals), left)
        logger.info(
            "Message %s is deferred for %.1f s: %s.",
            message.message_id,
            delay / SECOND_MS,
            reason_of(exception),
        )
        broker.enqueue(cast("Message[Any]", message), delay=delay)

    def _bound(self, actor: Actor[Any, Any], exception: BaseException) -> int:
        if is_held(exception):
            return _milliseconds(self.max_hold)
        own: int | None = actor.options.get("max_deferral_age")
        return _milliseconds(self.max_deferral) if own is None else own

    def _delay(self, wait: float | None, deferrals: int) -> int:
        if wait is None or not math.isfinite(wait):
            delay: int = compute_backoff(
                deferrals, factor=self.min_backoff, max_backoff=self.max_backoff
            )[1]
            return delay
        # All that were refused together must not come back together: up to a tenth later.
        return int(max(wait, 0.0) * SECOND_MS * random.uniform(1.0, 1.1))  # noqa: S311  no secret

    def _tell_exhausted(
        self, broker: Broker, actor: Actor[Any, Any], message: MessageProxy
    ) -> None:
        options = message.options
        target = options.get("on_retry_exhausted") or actor.options.get("on_retry_exhausted")
        if target:
            counts = {"retries": options.get("retries", 0), "max_retries": self.max_retries}
            broker.get_actor(target).send(message.asdict(), counts)


def _milliseconds(duration: timedelta) -> int:
    return int(duration.total_seconds() * SECOND_MS)
