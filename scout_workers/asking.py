"""Asking a model, as every actor that pays for an answer does it.

    question = asking.Question(store, blobs, call)      begin gave the call, and has committed
    result = question.answered(prepare, parse)          call, receipt, parse: no transaction is held
    question.fail(tx, failure)                          or why there is no answer

An answer that is there already is parsed, and nobody is asked. Else the model is asked, once; the
raw answer is kept before anybody parses it. An overloaded or failing provider is asked no further:
the next fallback is, under a ledger row of its own. A paid answer that cannot be parsed is asked
for once more, with what was wrong with it; never a third time.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from scout_workers import deadline
from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.domain.failures import Failure, failure_of
from scout_workers.store import ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from scout_workers.blobs.protocol import BlobStore
    from scout_workers.domain.calls import Answer, ModelName
    from scout_workers.store import Store, Transaction

    Prepare: TypeAlias = "Callable[[ModelName, str | None], Callable[[], Answer]]"

T = TypeVar("T")

LONG_WAIT_SECONDS = 30.0
"""A provider that asks us to stay away for longer is not waited for where there is a fallback."""

WORTH_ASKING_SECONDS = 15.0
"""With less left of the budget nobody is asked once more in this attempt."""

logger = logging.getLogger(__name__)


class Question:
    """One question on its way: the call that is open for it, and how far it has come.

    Args:
        store: Where the receipt goes.
        blobs: Where it goes while the database stays away.
        call: What `ledger.begin` gave.
    """

    def __init__(self, store: Store, blobs: BlobStore, call: ledger.Call) -> None:
        self._store = store
        self._blobs = blobs
        self._call = call
        self._sent = False

    def answered(self, prepare: Prepare, parse: Callable[[str], T]) -> T | None:
        """Return what the model answers, parsed; made outside every transaction.

        Args:
            prepare: Given who is asked and, the second time, what was wrong with the first answer,
                it reads whatever the question needs and returns the call itself, to be made. What
                fails in `prepare` was never sent and is not paid.
            parse: Of the raw answer; raises schema_invalid for one that is of no use.

        Returns:
            What `parse` returns; None: the call was given up meanwhile and somebody else is at it,
            so that this receipt is a late one. It is kept; whoever brought it must stop.

        Raises:
            ScoutError: No answer, or none that is of use; or `call.refusal`.
            LeaseLostError: Somebody else has the question by now.
            Exception: Whatever `prepare` or the call raises.
        """
        raw = self._raw(prepare, None)
        if raw is None:
            return None
        try:
            return parse(raw)
        except ScoutError as error:
            if error.error_class is not ErrorClass.SCHEMA_INVALID:
                raise
            complaint = error.detail
        self._ask_again(complaint)
        raw = self._raw(prepare, complaint)
        return None if raw is None else parse(raw)

    def failure(self, error: Exception) -> Failure:
        """Decide what follows from an error that `answered` raised."""
        return failure_of(error, sent=self._sent)

    def fail(self, tx: Transaction, failure: Failure) -> None:
        """Settle the open call; one that has its receipt stays as it is. Safe to repeat."""
        ledger.settle(
            tx,
            self._call.id,
            failure.call_status,
            error_class=failure.error_class,
            detail=failure.detail,
        )

    def _raw(self, prepare: Prepare, complaint: str | None) -> str | None:
        if self._call.refusal is not None:
            raise self._call.refusal
        if self._call.answer is not None:
            return self._call.answer
        answer = self._asked(prepare, complaint)
        # receipt: the paid answer is safe before anyone parses it
        if self._store.insist(lambda tx: ledger.receipt(tx, self._call, answer)):
            self._sent = False
            return answer.raw
        logger.warning("%s: a late receipt, this call was paid too", self._call.request.key)
        return None

    def _asked(self, prepare: Prepare, complaint: str | None) -> Answer:
        while True:
            ask = prepare(self._call.request.model_name, complaint)
            self._sent = True
            try:
                return ask()
            except ScoutError as error:
                if not (self._call.fallbacks and _is_evaded(error) and _worth_asking()):
                    raise
                self._fall_back(error)

    def _fall_back(self, error: ScoutError) -> None:
        with self._store.transaction() as tx:
            following = ledger.fall_back(tx, self._call, error)
        logger.info(
            "%s: %s is %s, asking %s",
            self._call.request.key,
            "/".join(self._call.request.model_name),
            error.error_class,
            "/".join(following.request.model_name),
        )
        self._call, self._sent = following, False

    def _ask_again(self, complaint: str) -> None:
        call = self._call
        if not _worth_asking():
            raise ScoutError(ErrorClass.TIMEOUT, f"no time left to ask again: {complaint}")
        with self._store.transaction() as tx:
            self._call = ledger.begin(tx, call.request.again(), call.lease_token)
        self._sent = False


def _is_evaded(error: ScoutError) -> bool:
    """Whether somebody else may do better now; a call that may have been paid is not repeated."""
    if error.error_class in {ErrorClass.OVERLOADED, ErrorClass.SERVER_ERROR}:
        return True
    return (
        error.error_class is ErrorClass.RATE_LIMITED
        and (error.retry_after or 0.0) > LONG_WAIT_SECONDS
    )


def _worth_asking() -> bool:
    running = deadline.current()
    return running is None or running.remaining() >= WORTH_ASKING_SECONDS
