"""What the contenders that are Dramatiq brokers have in common: actors and a stock Worker."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import dramatiq
from dramatiq import Worker

from .contender import Contender

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dramatiq import Actor, Broker, Message


class DramatiqContender(Contender):
    """A Dramatiq broker with Dramatiq's default middleware, as a user gets it."""

    def __init__(self, url: str, queues: Sequence[str]) -> None:
        super().__init__(url, queues)
        self.broker = self.make_broker()
        self.actors: dict[str, Actor[Any, Any]] = {
            queue: dramatiq.actor(broker=self.broker, actor_name=f"work_{queue}", queue_name=queue)(
                self._work
            )
            for queue in self.queues
        }

    @abstractmethod
    def make_broker(self) -> Broker:
        """Make the broker, as its documentation says."""

    def message(self, queue: str, argument: float) -> Message[Any]:
        """Make a message for a queue."""
        return self.actors[queue].message(argument)

    def send(self, queue: str, argument: float) -> None:
        """Enqueue through the actor."""
        self.actors[queue].send(argument)

    def fill(self, count: int) -> None:
        """Enqueue one by one."""
        for number in range(count):
            self.send(self.queues[0], float(number))

    def start(self, threads: int) -> None:
        """Start Dramatiq's own worker in this process."""
        Worker(self.broker, worker_threads=threads).start()

    def _work(self, argument: float) -> None:
        self.body(argument)
