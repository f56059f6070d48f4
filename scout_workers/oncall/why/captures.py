"""Why a capture has not been analysed yet, or how it ended."""

from __future__ import annotations

from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

from scout_workers.domain.captures import CaptureState
from scout_workers.domain.errors import ErrorClass
from scout_workers.domain.spans import span
from scout_workers.oncall.why.answers import Answer, State, paused
from scout_workers.oncall.why.messages import why_message

if TYPE_CHECKING:
    from scout_workers.oncall.why.facts import CaptureFacts
    from scout_workers.store.why import CaptureStanding

_PICTURE_GONE = {CaptureState.UNREADABLE, CaptureState.MISSING, CaptureState.EXPIRED}
_UNSETTLED = {"pending", "running", "deferred"}
_GATE = {ErrorClass.RATE_LIMITED, ErrorClass.OVERLOADED}


def why_capture(facts: CaptureFacts) -> Answer:
    """Say why a capture has not been analysed yet, or how that ended."""
    standing, message = facts.standing, facts.message
    over = _over(standing)
    if over is not None:
        return over
    if message is not None and (message.dead is not None or _is_at_work(facts)):
        return why_message(message)
    stopped = _stopped(facts)
    if stopped is not None:
        return _with_next_look(facts, stopped)
    if message is not None and message.where is not None:
        return why_message(replace(message, error=_error(standing)))
    return _not_asked(standing)


def _stopped(facts: CaptureFacts) -> Answer | None:
    """Say what stands in the way of its call now, or stood when it was deferred; None: nothing."""
    gate = facts.gate
    if facts.pauses:
        return paused(facts.pauses[0])
    if gate is not None:
        return Answer(
            State.GATE,
            f"{gate.provider}/{gate.model} asked all of us to stay away for another "
            f"{span(gate.closed_seconds)} ({gate.closed_reason})",
            f"it goes on by itself; to try sooner: scout-workers provider resume {gate.provider}",
        )
    return _deferred(facts.standing) if facts.standing.analysis_state == "deferred" else None


def _over(standing: CaptureStanding) -> Answer | None:
    """Say how it ended; None: it has not."""
    when = "" if standing.settled_at is None else f" at {standing.settled_at:%Y-%m-%d %H:%M %Z}"
    show = f"scout-workers captures show {str(standing.id)[:8]}"
    if standing.analysis_state == "completed":
        return Answer(State.DONE, f"it was analysed{when}", show)
    if standing.state in _PICTURE_GONE:
        why = f": {standing.state_reason}" if standing.state_reason else ""
        return Answer(
            State.UNREADABLE,
            f"its picture is {standing.state}{why}; it is never paid for, and never tried again",
            ""
            if standing.state == CaptureState.EXPIRED
            else "deliver the picture again, under another key",
        )
    if standing.analysis_state == "failed":
        return Answer(
            State.FAILED,
            f"it failed{when}, after {standing.attempts} attempts: {_error(standing)}",
            f"mend the cause, then: scout-workers analyses rerun {_selection(standing)} --failed",
        )
    if standing.analysis_state == "skipped":
        why = (
            f"it shows no news against capture {str(standing.resembles)[:8]}"
            if standing.resembles is not None
            else _error(standing)
        )
        return Answer(State.SKIPPED, f"it was skipped{when}, and not paid for: {why}", show)
    return None


def _is_at_work(facts: CaptureFacts) -> bool:
    where = facts.message.where if facts.message is not None else None
    return where is not None and where.state == "leased"


def _deferred(standing: CaptureStanding) -> Answer:
    error = standing.error_class
    detail = standing.error_detail or error
    if error == ErrorClass.BUDGET:
        return Answer(
            State.BUDGET,
            f"it waits for its organization's budget: {detail}",
            f"scout-workers budget set {quote(standing.organization)} --day DOLLARS",
        )
    if error == ErrorClass.PAUSED:
        return Answer(State.DEFERRED, f"it was deferred, and that is over now: {detail}")
    if error in _GATE:
        return Answer(
            State.GATE,
            f"it waits for its place in a line: {detail}",
            "scout-workers provider status",
        )
    return Answer(State.DEFERRED, f"it is deferred: {detail}")


def _with_next_look(facts: CaptureFacts, answer: Answer) -> Answer:
    """Add when its message comes again, if that is known."""
    where = facts.message.where if facts.message is not None else None
    if where is None or where.state != "scheduled" or where.due_in_seconds <= 0:
        return answer
    return replace(
        answer, sentence=f"{answer.sentence}; it looks again in {span(where.due_in_seconds)}"
    )


def _not_asked(standing: CaptureStanding) -> Answer:
    if standing.backfill_id is not None and standing.item_state == "waiting":
        name = str(standing.backfill_id)[:8]
        if standing.backfill_state == "running":
            return Answer(
                State.BEHIND,
                f"it is on the list of backfill {name}, which has not come to it yet",
                f"scout-workers backfill status {name}",
            )
        why = f" ({standing.backfill_reason})" if standing.backfill_reason else ""
        return Answer(
            State.PAUSED,
            f"it is on the list of backfill {name}, which is {standing.backfill_state}{why}",
            f"scout-workers backfill resume {name}",
        )
    if standing.provider is None:
        return Answer(
            State.NOT_ASKED,
            f"its camera {standing.camera} has no active profile: nobody said what to look for",
            f"see which there are: scout-workers profile list {_selection(standing)}",
        )
    if standing.analysis_state in _UNSETTLED:
        return Answer(
            State.LOST,
            f"its analysis is {standing.analysis_state} and its message is gone: what is left "
            "behind is sent for again within a quarter of an hour, by the schedule",
            "scout-workers cron list shows whether the sweep runs",
        )
    return Answer(
        State.NOT_ASKED,
        f"it was received {span(standing.received_seconds)} ago, and no message asks for it",
        f"scout-workers backfill run {_selection(standing)}",
    )


def _selection(standing: CaptureStanding) -> str:
    # Names are other people's: in a command they are quoted.
    return f"--camera {quote(standing.camera)} --organization {quote(standing.organization)}"


def _error(standing: CaptureStanding) -> str:
    return ": ".join(filter(None, (standing.error_class, standing.error_detail)))
