"""One question on its way to an answer that can be used, or to the reason why there is none."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from scout_workers import deadline
from scout_workers.asking import spool
from scout_workers.domain.calls import CallStatus
from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.domain.failures import Failure, failure_of
from scout_workers.domain.requests import Call
from scout_workers.llm.protocol import ModelError
from scout_workers.store import ledger, settlement
from scout_workers.store.core import AWAY

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from scout_workers.blobs.protocol import BlobStore
    from scout_workers.domain.calls import Answer, ModelName
    from scout_workers.store import Store, Transaction

    Prepare: TypeAlias = "Callable[[ModelName, str | None], Callable[[], Answer]]"

T = TypeVar("T")

LONG_WAIT_SECONDS = 30.0
"""A provider that asks us to stay away for longer is not waited for where there is a fallback."""

WORTH_ASKING_SECONDS = 15.0
"""With less left of the budget nobody is asked once more in this attempt."""

RECEIPT_SECONDS = 5.0
"""How long the database is insisted on for a receipt, before it goes to the spool."""

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
        self._error: Exception | None = None

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
        self._error = error
        return failure_of(error, sent=self._sent)

    def fail(self, tx: Transaction, failure: Failure) -> None:
        """Settle the open call; one that has its receipt stays as it is. Safe to repeat.

        The fleet heeds what the provider said: a 429 closes its gate, and the error says when to
        come again; a refused key pauses it.
        """
        error = self._error
        was_open = ledger.settle(
            tx,
            self._call.id,
            failure.call_status,
            error_class=failure.error_class,
            detail=failure.detail,
            paid=error.answer if isinstance(error, ModelError) else None,
        )
        if was_open and self._sent and isinstance(error, ScoutError):
            ledger.heed(tx, self._call.request, error)
            if error.error_class is ErrorClass.AUTH:
                name = "/".join(self._call.request.model_name)
                logger.error(
                    "%s refuses our key: it is paused. Set the right key, then run "
                    "`scout-workers provider resume %s`",
                    name,
                    self._call.request.provider,
                )

    def _raw(self, prepare: Prepare, complaint: str | None) -> str | None:
        if self._call.refusal is not None:
            raise self._call.refusal
        if self._call.answer is not None:
            return self._call.answer
        for call_id, lease_token in self._call.doubted:
            answer = spool.find(self._blobs, call_id, lease_token)
            if answer is not None:
                return self._adopted(call_id, lease_token, answer)
        answer = self._asked(prepare, complaint)
        # receipt: the paid answer is safe before anyone parses it
        if self._receipt(answer):
            self._sent = False
            return answer.raw
        logger.warning("%s: a late receipt, this call was paid too", self._call.request.key)
        return None

    def _receipt(self, answer: Answer) -> bool:
        try:
            return self._store.insist(
                lambda tx: ledger.receipt(tx, self._call, answer), seconds=RECEIPT_SECONDS
            )
        except AWAY:
            spool.keep(self._blobs, self._call, answer)
            raise

    def _adopted(self, call_id: UUID, lease_token: str, answer: Answer) -> str | None:
        """Take an earlier call's answer from the spool in place of asking again."""
        ours = self._call

        def adopt(tx: Transaction) -> bool:
            ledger.settle(tx, ours.id, CallStatus.VOID, detail="the spool held the answer")
            return settlement.adopt(tx, call_id, lease_token, answer)

        is_answer = self._store.insist(adopt)
        spool.forget(self._blobs, call_id)
        if not is_answer:
            logger.warning("%s: a late receipt from the spool", ours.request.key)
            return None
        logger.info("%s: its receipt came from the spool, nobody is asked", ours.request.key)
        self._call = Call(call_id, ours.lease_token, ours.request, answer=answer.raw)
        return answer.raw

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
