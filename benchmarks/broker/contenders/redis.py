"""Dramatiq with Redis."""

from __future__ import annotations

from typing import Any

from dramatiq.brokers.redis import RedisBroker

from .dramatiq_contender import DramatiqContender


class Redis(DramatiqContender):
    """RedisBroker with its defaults."""

    broker: RedisBroker

    def make_broker(self) -> RedisBroker:
        """Nothing but the URL."""
        return RedisBroker(url=self.url)  # type: ignore[no-untyped-call]  # Dramatiq

    def setup(self) -> None:
        """Empty the server."""
        self._client.flushall()

    def fill(self, count: int) -> None:
        """Write what its enqueue script writes, in one pipeline."""
        queue = self.queues[0]
        pipeline = self._client.pipeline(transaction=False)
        for number in range(count):
            message = self.message(queue, float(number))
            redis_id = message.message_id
            message = message.copy(options={"redis_message_id": redis_id})
            pipeline.hset(f"{self.broker.namespace}:{queue}.msgs", redis_id, message.encode())
            pipeline.rpush(f"{self.broker.namespace}:{queue}", redis_id)
        pipeline.execute()

    def is_empty(self) -> bool:
        """Look at the messages that are kept until they are acknowledged."""
        names = (f"{self.broker.namespace}:{queue}.msgs" for queue in self.queues)
        return all(self._client.hlen(name) == 0 for name in names)

    @property
    def _client(self) -> Any:  # noqa: ANN401 (Dramatiq does not type it)
        return self.broker.client
