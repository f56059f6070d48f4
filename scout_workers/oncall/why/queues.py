"""Why a queue does not move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.app.glance import COUNTED_TO
from scout_workers.domain.spans import span
from scout_workers.oncall.why.answers import Answer, State, paused

if TYPE_CHECKING:
    from scout_workers.oncall.overview import QueueLine
    from scout_workers.oncall.why.facts import QueueFacts


def why_queue(facts: QueueFacts) -> Answer:
    """Say why a queue does not move, or that it does."""
    line = facts.line
    name = f"queue {line.queue}"
    if line.ready:
        waiting = f"{_messages(line.ready)} in {name}, the first for "
        waiting += span(line.oldest_ready_seconds)
        held = held_back(facts)
        if held is not None:
            return Answer(held.state, f"{waiting}: {held.sentence}", held.remedy)
        return Answer(State.MOVES, f"{waiting}; it moves: {_under_way(facts)}")
    if line.scheduled:
        return _scheduled(facts)
    if line.leased:
        return Answer(State.UNDER_WAY, f"nothing waits in {name}; {_under_way(facts)}")
    if line.dead:
        return Answer(
            State.DEAD,
            f"nothing waits in {name}, and {_of(line.dead, 'message')} of it died",
            f"scout-workers dead list --queue {line.queue}",
        )
    return Answer(State.EMPTY, f"nothing waits in {name}: whatever was sent to it is done")


def held_back(facts: QueueFacts) -> Answer | None:
    """Say what keeps the ready messages of a queue from being claimed; None: nothing does."""
    return _stopped(facts) or _unserved(facts) or _full(facts.line)


def _stopped(facts: QueueFacts) -> Answer | None:
    line = facts.line
    if line.paused_by is not None:
        return Answer(
            State.PAUSED,
            f"the queue is {line.pause}",
            f"scout-workers queue resume {line.queue}",
        )
    if facts.history is not None:
        return paused(facts.history)
    if line.limit == 0:
        return Answer(
            State.LIMIT,
            "none of the queue may run, by its limit of 0",
            f"scout-workers queue limit {line.queue} --fleet none",
        )
    return None


def _unserved(facts: QueueFacts) -> Answer | None:
    line = facts.line
    if not facts.alive:
        out = f", but for {facts.draining} on their way out" if facts.draining else ""
        return Answer(State.NO_WORKER, f"no worker is alive{out}", "scout-workers worker")
    if not facts.known:
        return Answer(
            State.NO_WORKER,
            "no worker serves the queue, for queues.toml does not name it",
            f"give it slots in queues.toml (or SCOUT_QUEUES__{line.queue.upper()}), and restart "
            "the workers",
        )
    if not line.workers:
        others = "1 worker is" if facts.alive == 1 else f"{facts.alive} workers are"
        return Answer(
            State.NO_WORKER,
            f"{others} alive, and none serves the queue",
            f"scout-workers worker --queues {line.queue}",
        )
    return None


def _full(line: QueueLine) -> Answer | None:
    if line.limit is not None and line.leased >= line.limit:
        return Answer(
            State.LIMIT,
            f"as many are under way as may be in the whole fleet: {line.limit}",
            f"wait for them, or: scout-workers queue limit {line.queue} --fleet {2 * line.limit}",
        )
    if line.slots is not None and line.leased >= line.slots:
        return Answer(
            State.LIMIT,
            f"all {line.slots} slots of the {line.workers} workers that serve it are taken",
            "wait for them, or start another: scout-workers worker",
        )
    return None


def _scheduled(facts: QueueFacts) -> Answer:
    line = facts.line
    due = line.next_due_seconds or 0.0
    if due <= 0 and not facts.alive:
        return Answer(
            State.NO_WORKER,
            f"{_messages(line.scheduled)} in queue {line.queue} whose time has come, and no worker "
            "is alive",
            "scout-workers worker",
        )
    why = ""
    if facts.history is not None:
        return paused(facts.history)
    if facts.deferred:
        each = facts.deferred[0]
        why = f"; {_of(each.count, 'analysis')} deferred, {each.error_class}: {each.detail}"
    return Answer(
        State.SCHEDULED,
        f"nothing is ready in queue {line.queue}: {_messages(line.scheduled)} for their time, "
        f"the first for another {span(max(due, 0.0))}{why}",
        "scout-workers status names what they are deferred for" if facts.deferred else "",
    )


def _under_way(facts: QueueFacts) -> str:
    slots = "" if facts.line.slots is None else f" in {facts.line.slots} slots"
    return f"{facts.line.leased:,} are under way{slots}"


def _messages(count: int) -> str:
    more = "+" * (count >= COUNTED_TO)
    return f"{count:,} message waits" if count == 1 else f"{count:,}{more} messages wait"


def _of(count: int, what: str) -> str:
    plural = "analyses" if what == "analysis" else f"{what}s"
    return f"{count:,} {what}" if count == 1 else f"{count:,} {plural}"
