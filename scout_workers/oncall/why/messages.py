"""Why a message has not been done yet, or what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.app.glance import COUNTED_TO
from scout_workers.domain.spans import span
from scout_workers.oncall.why.answers import Answer, State
from scout_workers.oncall.why.queues import held_back

if TYPE_CHECKING:
    from scout_workers.app.whereabouts import DeadMessage, Whereabouts
    from scout_workers.oncall.why.facts import MessageFacts, QueueFacts

_OVERDUE_SECONDS = 60.0
_LONGEST_ERROR = 200


def why_message(facts: MessageFacts) -> Answer:
    """Say why a message has not been done yet, or what became of it."""
    where, queue = facts.where, facts.queue
    if where is None or queue is None:
        if facts.dead is not None:
            return _dead(facts.dead)
        return Answer(
            State.UNKNOWN,
            f"no message {facts.name} waits, is under way or is dead: it is done and deleted, or "
            "there never was one",
        )
    if where.state == "leased":
        return _leased(facts, where, queue)
    if where.state == "scheduled":
        return _scheduled(facts, where, queue)
    return _ready(where, queue)


def _dead(message: DeadMessage) -> Answer:
    tries = f"{message.attempt} {'delivery' if message.attempt == 1 else 'deliveries'}"
    since = f"since {message.died_at:%Y-%m-%d %H:%M %Z}"
    again = (
        f"mend the cause, then: scout-workers dead retry {message.id}; or drop it: "
        f"scout-workers dead drop {message.id}"
    )
    if message.reason == "max_deliveries":
        return Answer(
            State.POISONED,
            f"it is dead {since}: it took its worker with it again and again, in {tries}, and is "
            "taken for poison",
            f"see what those workers' logs say (memory, a crash), then: scout-workers dead retry "
            f"{message.id}",
        )
    if message.reason == "aborted":
        return Answer(
            State.ABORTED, f"it is dead {since}: somebody had it aborted after {tries}", again
        )
    if message.reason == "undecodable":
        return Answer(
            State.DEAD,
            f"it is dead {since}: its contents cannot be read by this release",
            again,
        )
    error = " ".join((message.error or "no error was kept").split())[:_LONGEST_ERROR]
    return Answer(State.DEAD, f"it is dead {since}, after {tries}: {error}", again)


def _leased(facts: MessageFacts, where: Whereabouts, queue: QueueFacts) -> Answer:
    worker, since = facts.worker, where.leased_seconds or 0.0
    if worker is None or worker.state == "dead":
        who = (
            "its worker is gone"
            if worker is None
            else f"its worker {worker.host}:{worker.pid} was last heard of "
            f"{span(worker.heartbeat_seconds)} ago"
        )
        return Answer(
            State.LOST,
            f"{who}; it was claimed {span(since)} ago, for the {_nth(where.attempt)} time, and any "
            "living worker makes it ready again within half a minute",
            "" if queue.alive else "scout-workers worker",
        )
    under_way = (
        f"it is under way: {worker.host}:{worker.pid} has had it for {span(since)}, delivery "
        f"{where.attempt}"
    )
    if where.to_be_aborted:
        return Answer(
            State.UNDER_WAY, f"{under_way}; it is to be aborted, which its worker hears of soon"
        )
    if since > facts.limit_seconds:
        return Answer(
            State.UNDER_WAY,
            f"{under_way}: longer than a message may take ({span(facts.limit_seconds)}), so it "
            "waits there for a thread, or for one that does not come back",
            f"scout-workers broker abort {where.message_id}; or restart that worker",
        )
    return Answer(State.UNDER_WAY, under_way)


def _scheduled(facts: MessageFacts, where: Whereabouts, queue: QueueFacts) -> Answer:
    due = where.due_in_seconds
    if due <= 0:
        if not queue.alive:
            return Answer(
                State.NO_WORKER,
                f"its time came {span(-due)} ago, and no worker is alive",
                "scout-workers worker",
            )
        late = -due > _OVERDUE_SECONDS
        return Answer(
            State.SCHEDULED,
            f"its time came {span(-due)} ago: a worker makes it ready with its next look",
            "see what the workers' logs say of broker-claimer" if late else "",
        )
    because = f": {facts.error}" if facts.error else ""
    if where.deferrals:
        return Answer(
            State.DEFERRED,
            f"it is deferred, {_times(where.deferrals)} so far{because}; it comes again in "
            f"{span(due)}",
        )
    if where.retries:
        return Answer(
            State.RETRY,
            f"it failed {_times(where.retries)}{because}; it is tried again in {span(due)}",
        )
    return Answer(State.SCHEDULED, f"it is scheduled: it may be claimed in {span(due)}")


def _ready(where: Whereabouts, queue: QueueFacts) -> Answer:
    name = f"queue {where.queue}"
    more = "+" * (where.ahead >= COUNTED_TO)
    before = f"{where.ahead:,}{more} {'is' if where.ahead == 1 else 'are'} before it"
    held = held_back(queue)
    if held is not None:
        place = f" ({before} in {name})" if where.ahead else ""
        return Answer(
            held.state,
            f"it has been ready for {span(max(-where.due_in_seconds, 0.0))}{place}, and "
            f"{held.sentence}",
            held.remedy,
        )
    if where.ahead:
        return Answer(
            State.BEHIND,
            f"{before} in {name}, the first for {span(queue.line.oldest_ready_seconds)}; "
            f"{queue.line.leased:,} are under way",
            "more workers, or more slots for the queue, if that is too slow",
        )
    return Answer(State.NEXT, f"it is next in {name}: a worker claims it with its next look")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _nth(count: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(count, f"{count}th")
