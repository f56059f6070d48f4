"""The spool: paid answers whose receipt could not reach the database, kept in the blob store.

An answer lies under its call's id. It is found where somebody would pay again: a begin names the
earlier calls that are in doubt, and each is looked for here before a model is asked. What nobody
comes for is picked up by `run_once`, which a schedule calls.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from scout_workers import deadline
from scout_workers.domain import leases
from scout_workers.domain.calls import Answer, Usage
from scout_workers.domain.errors import ErrorClass, ScoutError
from scout_workers.store import ledger, settlement

if TYPE_CHECKING:
    from scout_workers.blobs.protocol import BlobStore
    from scout_workers.domain.captures import BlobRef
    from scout_workers.domain.requests import Call
    from scout_workers.store import Store

KEEP_SECONDS = 3.0
"""What there is at least to write an answer down, though the budget be spent on the call."""

LIMIT = 16 * 1024 * 1024
_PAGE = 200

logger = logging.getLogger(__name__)


def keep(blobs: BlobStore, call: Call, answer: Answer) -> bool:
    """Write a paid answer down, outside every transaction; say in the log if that failed too."""
    told = {"call_id": str(call.id), "lease_token": call.lease_token, "answer": asdict(answer)}
    data = json.dumps(told, ensure_ascii=True).encode()
    try:
        with deadline.at_least(KEEP_SECONDS):
            blobs.write(_ref(blobs, call.id), data, content_type="application/json")
    except (ScoutError, deadline.DeadlineExceeded):
        logger.exception("%s: its paid answer is lost, it is in doubt", call.request.key)
        return False
    logger.warning("%s: its receipt is in the spool, the database is away", call.request.key)
    return True


def find(blobs: BlobStore, call_id: UUID, lease_token: str) -> Answer | None:
    """Return what the spool holds of a call, outside every transaction; None: nothing.

    Raises:
        BlobError: The blob store would not say: then nobody is to be asked either.
    """
    ref = _ref(blobs, call_id)
    if not blobs.exists(ref):
        return None
    try:
        told = json.loads(blobs.read(ref, limit=LIMIT))
        if (told["call_id"], told["lease_token"]) != (str(call_id), lease_token):
            raise ValueError("it is another call's")  # noqa: TRY301  told below like the others
        return _answer(told["answer"])
    except (ValueError, KeyError, TypeError) as error:
        logger.warning("%s in the spool is no receipt: %s", ref.key, type(error).__name__)
        return None
    except ScoutError as error:
        if error.error_class is not ErrorClass.IMAGE_MISSING:  # picked up this moment
            raise
        return None


def forget(blobs: BlobStore, call_id: UUID) -> None:
    """Remove what the spool holds of a call; it is in the ledger."""
    try:
        blobs.delete(_ref(blobs, call_id))
    except ScoutError as error:
        logger.warning("%s stays in the spool: %s", call_id, error)


def run_once(store: Store, blobs: BlobStore) -> int:
    """Bring what lies in the spool into the ledger, for calls nobody can still be at work on.

    Safe at any time and by any number at once.

    Returns:
        How many receipts were picked up.

    Raises:
        BlobError, StoreError, psycopg.Error: As their parts raise; what was picked up stays so.
    """
    found, after = 0, UUID(int=0)
    while True:
        with store.transaction() as tx:
            page = ledger.unreceived(tx, after, limit=_PAGE)
        for call_id, lease_token in page:
            found += _picked_up(store, blobs, call_id, lease_token)
        if len(page) < _PAGE:
            return found
        after = page[-1][0]


def _picked_up(store: Store, blobs: BlobStore, call_id: UUID, lease_token: str) -> bool:
    answer = find(blobs, call_id, lease_token)
    if answer is None:
        return False
    try:
        with store.transaction() as tx:
            is_answer = settlement.adopt(tx, call_id, lease_token, answer)
    except leases.LeaseLostError as error:
        logger.warning("a receipt in the spool is of no use: %s", error)
        is_answer = False
    forget(blobs, call_id)
    logger.info("call %s: its receipt came from the spool, %s", call_id, _use(is_answer))
    return True


def _use(is_answer: bool) -> str:  # noqa: FBT001  a word for it
    return "and answers its request" if is_answer else "late: another call was paid too"


def _ref(blobs: BlobStore, call_id: UUID) -> BlobRef:
    return blobs.ref(f"receipts/{call_id}.json")


def _answer(told: dict[str, Any]) -> Answer:
    return Answer(**(told | {"usage": Usage(**told["usage"])}))
