"""Dramatiq with RabbitMQ."""

from __future__ import annotations

from dramatiq.brokers.rabbitmq import RabbitmqBroker

from .dramatiq_contender import DramatiqContender


class Rabbitmq(DramatiqContender):
    """RabbitmqBroker with its defaults: durable queues, no publisher confirms."""

    broker: RabbitmqBroker

    def make_broker(self) -> RabbitmqBroker:
        """Nothing but the URL."""
        return RabbitmqBroker(url=self.url)

    def setup(self) -> None:
        """Empty the queues."""
        for queue in self.queues:
            self.broker.declare_queue(queue, ensure=True)
            self.broker.flush(queue)

    def is_empty(self) -> bool:
        """Look at what is ready; RabbitMQ's queue counts show no un-acked messages."""
        return all(sum(self.broker.get_queue_message_counts(name)[:2]) == 0 for name in self.queues)
