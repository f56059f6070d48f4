"""A worker that can be killed between what its middleware enqueue and the acknowledgement.

    python outcome_worker.py URL QUEUE LOG kill|send|work

`kill` sends one message of each kind that something follows from, works, and kills itself when all
of them are processed, what follows is enqueued by middleware, and none is acknowledged. `send`
sends them and works, `work` works, until there is nothing left. What ran is in the file LOG, a line
each. The scheme of URL says which broker; on RabbitMQ there is nothing to count a group's members
with, so it has none there.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dramatiq
from dramatiq.middleware import CurrentMessage, GroupCallbacks, Middleware
from fix_broker import usual_middleware

from scout_workers.broker import EngineOptions, PostgresBroker, PostgresRateLimits, Pulse

if TYPE_CHECKING:
    from dramatiq import Broker, MessageProxy

HELD_SECONDS = 30.0
NAMES = (
    *("retried", "exhausted", "buried", "piped", "piped_on"),
    *("called", "called_back", "member", "complete"),
)


class Held(Middleware):
    """Holds the first message of each name before its ack or nack, then kills the process."""

    def __init__(self, names: set[str]) -> None:
        self._lock = threading.Lock()
        self._awaited = set(names)
        self._all_there = threading.Barrier(len(names), timeout=HELD_SECONDS)

    def before_ack(self, broker: Broker, message: MessageProxy) -> None:
        del broker
        self._hold(message)

    def before_nack(self, broker: Broker, message: MessageProxy) -> None:
        del broker
        self._hold(message)

    def _hold(self, message: MessageProxy) -> None:
        name = " ".join(map(str, (message.actor_name, *message.args)))
        with self._lock:
            if name not in self._awaited:
                return
            self._awaited.remove(name)
        self._all_there.wait()
        os.kill(os.getpid(), signal.SIGKILL)


def make(url: str) -> Broker:
    """Make the broker of a URL, with the middleware that bring follow-ups about.

    A dead worker's messages come back as soon as each broker can be made to.
    """
    if url.startswith("amqp"):
        from dramatiq.brokers.rabbitmq import RabbitmqBroker  # noqa: PLC0415 (an extra)

        return RabbitmqBroker(url=url, middleware=usual_middleware())
    if url.startswith("redis"):
        from dramatiq.brokers.redis import MAINTENANCE_SCALE, RedisBroker  # noqa: PLC0415 (an extra)
        from dramatiq.rate_limits.backends.redis import RedisBackend  # noqa: PLC0415 (an extra)

        limits = RedisBackend(url=url)  # type: ignore[no-untyped-call]  # Dramatiq
        return RedisBroker(  # type: ignore[no-untyped-call]  # Dramatiq
            url=url,
            middleware=[*usual_middleware(), GroupCallbacks(limits)],
            heartbeat_timeout=1000,
            maintenance_chance=MAINTENANCE_SCALE,
        )
    return PostgresBroker(
        url,
        middleware=[*usual_middleware(), GroupCallbacks(PostgresRateLimits())],
        options=EngineOptions(pulse=Pulse(interval=0.5, dead_after=2.0)),
    )


class Play:
    """The actors, which write down that they ran.

    Args:
        broker: Theirs.
        queue: Theirs.
        log: Where they write.
    """

    def __init__(self, broker: Broker, queue: str, log: Path) -> None:
        self._log = log
        self._broker = broker
        self._actors: dict[str, dramatiq.Actor[..., Any]] = {
            name: dramatiq.actor(actor_name=name, broker=broker, queue_name=queue, max_retries=1)(
                getattr(self, name)
            )
            for name in NAMES
        }

    def send(self) -> set[str]:
        """Send one message of each kind; return what they are called."""
        actors = self._actors
        actors["retried"].send()
        actors["exhausted"].send_with_options(max_retries=0, on_retry_exhausted="buried")
        piped = [actors["piped"].message(), actors["piped_on"].message()]
        dramatiq.pipeline(piped, broker=self._broker).run()  # type: ignore[no-untyped-call]  # Dramatiq
        actors["called"].send_with_options(on_success=actors["called_back"])
        sent = {"retried", "exhausted", "piped", "called"}
        if not any(isinstance(each, GroupCallbacks) for each in self._broker.middleware):
            return sent
        members = [actors["member"].message(number) for number in range(2)]
        group = dramatiq.group(members, broker=self._broker)  # type: ignore[no-untyped-call]  # Dramatiq
        group.add_completion_callback(actors["complete"].message())  # type: ignore[no-untyped-call]  # Dramatiq
        group.run()  # type: ignore[no-untyped-call]  # Dramatiq
        return sent | {"member 0", "member 1"}

    def retried(self) -> None:
        message = CurrentMessage.get_current_message()
        assert message is not None
        retries = message.options.get("retries", 0)
        self._note(f"retried {retries}")
        if not retries:
            raise RuntimeError("no luck")

    def exhausted(self) -> None:
        self._note("exhausted")
        raise RuntimeError("no luck")

    def buried(self, *_: object) -> None:
        self._note("buried")

    def piped(self) -> int:
        self._note("piped")
        return 1

    def piped_on(self, _: int) -> None:
        self._note("piped on")

    def called(self) -> None:
        self._note("called")

    def called_back(self, *_: object) -> None:
        self._note("called back")

    def member(self, number: int) -> None:
        self._note(f"member {number}")

    def complete(self) -> None:
        self._note("complete")

    def _note(self, what: str) -> None:
        with self._log.open("a") as log:
            log.write(what + "\n")


def main(url: str, queue: str, log: str, what: str) -> None:
    broker = make(url)
    dramatiq.set_broker(broker)
    play = Play(broker, queue, Path(log))
    sent = play.send() if what != "work" else set()
    if what == "kill":
        broker.add_middleware(Held(sent))
    worker = dramatiq.Worker(broker, worker_threads=8, worker_timeout=100)
    worker.start()
    for _ in range(2):  # what RabbitMQ has handed out is not in its queue
        broker.join(queue)
        worker.join()
    worker.stop()
    broker.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
