"""Dramatiq's own ceiling: queues in memory, nothing kept."""

from __future__ import annotations

from dramatiq.brokers.stub import StubBroker

from .dramatiq_contender import DramatiqContender


class Stub(DramatiqContender):
    """StubBroker: what is enqueued in this process is worked off in this process."""

    broker: StubBroker

    def make_broker(self) -> StubBroker:
        """Nothing to configure."""
        return StubBroker()

    def setup(self) -> None:
        """Do nothing: it is born empty."""

    def is_empty(self) -> bool:
        """Look at its queues' unfinished tasks."""
        return all(queue.unfinished_tasks == 0 for queue in self.broker.queues.values())
