"""Proposals of profiles: asked for, begun, and completed by a draft or failed, each once.

pending -> running -> completed     a draft came of it
           running -> pending       a transient failure; the message comes again, counted
           running -> deferred      the other side is busy; uncounted
           running -> failed        for good; it can be asked for anew
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from scout_workers.domain.leases import LeaseLostError
from scout_workers.domain.profile_drafts import facts_of, input_hash
from scout_workers.domain.requests import Request
from scout_workers.store import ledger, profile_samples, profiles
from scout_workers.store.generation import Generation, NoSuchGenerationError
from scout_workers.store.profile_samples import Whose
from scout_workers.store.profiles import Contents
from scout_workers.store.queries import query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from scout_workers.domain.calls import ModelName
    from scout_workers.domain.failures import Failure
    from scout_workers.domain.profile_drafts import ProfileDraft
    from scout_workers.domain.profiles import ProfileVersion
    from scout_workers.store.transaction import Row, Transaction

_ASK = query("generations_ask")
_OPEN = query("generations_open")
_LOCK = query("generations_lock")
_TAKE = query("generations_take")
_CHOOSE = query("generations_choose")
_COMPLETE = query("generations_complete")
_FAIL = query("generations_fail")
_ABANDON = query("generations_abandon")

PURPOSE = "propose_profile"
BY = "generate_profile"
REASON_CAP = 500


def ask(
    tx: Transaction, organization_id: UUID, camera_id: UUID, *, wishes: str = "", by: str
) -> tuple[UUID, bool]:
    """Ask for a proposal; the caller sends its message in `tx`.

    Returns:
        Its id, and whether it is new: False where one is under way for the camera already.

    Raises:
        psycopg.errors.ForeignKeyViolation: The organization has no such camera.
    """
    camera = {"organization_id": organization_id, "camera_id": camera_id}
    row = tx.row(_ASK, camera | {"wishes": wishes, "asked_by": by})
    if row is not None:
        return row[0], True
    row = tx.row(_OPEN, camera)
    if row is None:  # it was settled between the two statements: the next one is ours
        return ask(tx, organization_id, camera_id, wishes=wishes, by=by)
    return row[0], False


def begin(tx: Transaction, generation_id: UUID, lease_token: str) -> Generation | None:
    """Take a proposal and its lease, and the right to its one call if the question is known.

    Returns:
        The proposal; None: there is nothing left to do.

    Raises:
        NoSuchGenerationError: There is none of that id.
        CallInFlightError: Another message is at it: to be looked at again later.
    """
    row = tx.row(_LOCK, {"id": generation_id})
    if row is None:
        raise NoSuchGenerationError(generation_id)
    generation, question = _generation(row, lease_token)
    if row[4] in {"completed", "failed"}:
        return None
    if question is not None:
        call = ledger.begin(tx, question, lease_token)
        samples = profile_samples.chosen(tx, generation.id)
        generation = replace(generation, call=call, samples=samples)
    else:
        pictures = profile_samples.pictures(tx, generation.whose)
        generation = replace(generation, pictures=pictures)
    tx.execute(_TAKE, {"id": generation.id, "lease_token": lease_token})
    return generation


def choose(
    tx: Transaction, generation: Generation, captures: Sequence[UUID], chosen: ModelName
) -> Generation:
    """Write down what is asked, of whom and with which pictures, and take the right to ask it.

    Args:
        tx: The transaction.
        generation: As it was begun.
        captures: The samples, in the order the model is to see them.
        chosen: Who is to be asked.

    Raises:
        LeaseLostError: Somebody else began since: the transaction must not commit.
        CallInFlightError: The same question is under way elsewhere.
    """
    facts, samples = profile_samples.facts(tx, generation.whose, generation.wishes, captures)
    hash_ = input_hash(chosen.provider, chosen.model, facts, captures)
    row = tx.row(
        _CHOOSE,
        {
            "id": generation.id,
            "lease_token": generation.lease_token,
            "provider": chosen.provider,
            "model": chosen.model,
            "facts": Jsonb(facts.data()),
            "input_hash": hash_,
            "captures": list(captures),
        },
    )
    if row is None:
        raise _lost(generation)
    request = _request(generation, chosen.provider, chosen.model, hash_)
    call = ledger.begin(tx, request, generation.lease_token)
    return replace(generation, facts=facts, samples=samples, call=call, pictures=())


def finish(
    tx: Transaction, generation: Generation, draft: ProfileDraft, describer: ModelName
) -> ProfileVersion:
    """Make the draft, and complete the proposal with it. Equal contents are the version there is.

    Args:
        tx: The transaction.
        generation: As it was begun.
        draft: What the model proposes.
        describer: Who is to look at the pictures where the camera has no active version; else it
            is whoever looks now.

    Raises:
        LeaseLostError: Somebody else began since, or finished: the transaction must not commit.
    """
    now = profiles.active(tx, generation.whose.camera_id)
    if now is None:
        contents = Contents(describer.provider, describer.model, draft.instructions)
    else:
        contents = Contents(now.provider, now.model, draft.instructions, now.skip_unchanged)
    version = profiles.draft(
        tx,
        generation.whose.organization_id,
        generation.whose.camera_id,
        contents,
        by=BY,
        reason=draft.reasoning[:REASON_CAP],
    )
    done = {"reasoning": draft.reasoning, "profile_version_id": version.id}
    _fenced(tx.execute(_COMPLETE, done | _identity(generation)), generation)
    return version


def fail(tx: Transaction, generation: Generation, failure: Failure) -> None:
    """Write down that a proposal did not succeed this time, or never will. Safe to repeat.

    Raises:
        LeaseLostError: Somebody else began since: the transaction must not commit.
    """
    error = {"error_class": failure.error_class, "error_detail": failure.detail}
    state = {"state": failure.analysis_state}
    _fenced(tx.execute(_FAIL, error | state | _identity(generation)), generation)


def abandon(tx: Transaction, generation_id: UUID, message_id: str) -> bool:
    """Mark a proposal as failed: its message is dead, so nobody will try again.

    Returns:
        Whether it was; False: it was settled already.

    Raises:
        NoSuchGenerationError: There is none of that id.
        CallInFlightError: Another message is at it: to be looked at again later.
    """
    row = tx.row(_LOCK, {"id": generation_id})
    if row is None:
        raise NoSuchGenerationError(generation_id)
    _, question = _generation(row, "")
    if question is not None:
        ledger.write_off(tx, question.key, message_id)
    error = {"error_class": "retries_spent", "error_detail": "every retry failed"}
    return tx.execute(_ABANDON, error | {"id": generation_id}) > 0


def _generation(row: Row, lease_token: str) -> tuple[Generation, Request | None]:
    id_, organization_id, camera_id, wishes, _, provider, model, facts, hash_, camera, zone = row
    generation = Generation(
        id_,
        Whose(organization_id, camera_id, camera, zone),
        wishes,
        lease_token,
        facts=None if facts is None else facts_of(facts),
    )
    if hash_ is None:
        return generation, None
    return generation, _request(generation, provider, model, hash_)


def _request(generation: Generation, provider: str, model: str, hash_: str) -> Request:
    return Request(
        key=f"{PURPOSE}:{generation.whose.camera_id}:{hash_}",
        purpose=PURPOSE,
        subject_id=generation.id,
        organization_id=generation.whose.organization_id,
        camera_id=generation.whose.camera_id,
        provider=provider,
        model=model,
    )


def _identity(generation: Generation) -> dict[str, Any]:
    return {"id": generation.id, "lease_token": generation.lease_token}


def _fenced(touched: int, generation: Generation) -> None:
    if touched == 0:
        raise _lost(generation)


def _lost(generation: Generation) -> LeaseLostError:
    return LeaseLostError(f"profile generation {generation.id} is no longer held by this claim")
