"""Why it has not happened yet: a queue, a message or a capture, in a sentence, and what to do.

facts = gather(app, name)       what is known of it, by a few statements
answer(facts)                   the sentence: a pure decision
"""

from __future__ import annotations

from scout_workers.oncall.why.answers import Answer, State
from scout_workers.oncall.why.captures import why_capture
from scout_workers.oncall.why.facts import (
    CaptureFacts,
    MessageFacts,
    QueueFacts,
)
from scout_workers.oncall.why.gathering import UnknownNameError, gather
from scout_workers.oncall.why.messages import why_message
from scout_workers.oncall.why.queues import why_queue

__all__ = [
    "Answer",
    "CaptureFacts",
    "MessageFacts",
    "QueueFacts",
    "State",
    "UnknownNameError",
    "answer",
    "gather",
]


def answer(facts: QueueFacts | MessageFacts | CaptureFacts) -> Answer:
    """Say why it has not happened yet, and what to do."""
    if isinstance(facts, QueueFacts):
        return why_queue(facts)
    if isinstance(facts, MessageFacts):
        return why_message(facts)
    return why_capture(facts)
