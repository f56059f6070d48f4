"""The messages there are: which actor, on which queue; sent at once or with a transaction.

    messages.analyze_capture(capture_id).send()          at once
    messages.broadcast_event(event_id).send(tx)          with the commit, or not at all
    messages.acknowledge(tx)                             the message being processed, likewise

A broker that keeps its messages in the same database joins the transaction. Any other one gets
the message right after the commit, and the ordinary acknowledgement follows the actor's return.
Everything an actor does is therefore safe to be done twice.
"""

from scout_workers.messages.brokers import (
    JoiningBroker,
    OpenTransaction,
)
from scout_workers.messages.catalogue import (
    advance_backfill,
    analyze_capture,
    broadcast_event,
    deliver_event,
    generate_insights,
    generate_profile,
    generate_summary,
)
from scout_workers.messages.claims import (
    acknowledge,
    current_lane,
    current_lease,
    giving_way,
)
from scout_workers.messages.envelope import (
    Envelope,
    joined,
    live_waiting,
    send_all,
)
from scout_workers.messages.queues import (
    BACKFILL,
    DEFAULT,
    EMBEDDINGS,
    EVENTS,
    INSIGHTS,
    LIVE,
    PROCESSING,
    PROFILE_GENERATION,
    SCHEDULED,
    SUMMARY_GENERATION,
)

__all__ = [
    "BACKFILL",
    "DEFAULT",
    "EMBEDDINGS",
    "EVENTS",
    "INSIGHTS",
    "LIVE",
    "PROCESSING",
    "PROFILE_GENERATION",
    "SCHEDULED",
    "SUMMARY_GENERATION",
    "Envelope",
    "JoiningBroker",
    "OpenTransaction",
    "acknowledge",
    "advance_backfill",
    "analyze_capture",
    "broadcast_event",
    "current_lane",
    "current_lease",
    "deliver_event",
    "generate_insights",
    "generate_profile",
    "generate_summary",
    "giving_way",
    "joined",
    "live_waiting",
    "send_all",
]
