"""The connection is lost between an actor's end and its acknowledgement: no gap and no double.

Dramatiq swallows what goes wrong in a middleware after processing, and then acknowledges: a retry
that could not be enqueued is a message that is gone.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import dramatiq
import dramatiq.worker
import pytest
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import GroupCallbacks, Middleware
from fix_broker import eventually, rows, usual_middleware, working
from redis.backoff import NoBackoff
from redis.retry import Retry

from scout_workers.broker import PostgresRateLimits

if TYPE_CHECKING:
    from collections.abc import Callable

    from dramatiq.broker import Broker, MessageProxy
    from fix_broker import MakeBroker
    from fix_proxy import Cable, MakeCable

RAN_ONCE = {"exhausted", "buried", "piped", "piped on", "called", "called back", "complete"}

WAITING = "SELECT count(*) FROM scout_broker.message"


class Cut(Middleware):
    """Cuts the cable when an actor has ended; mends it `before` or `after` its ack or nack.

    Listed last, it is the first to hear: what the others enqueue finds nobody to answer.
    """

    def __init__(self, cable: Cable, mended: str) -> None:
        self._cable = cable
        self._mended = mended

    def after_process_message(
        self,
        broker: Broker,
        message: MessageProxy,
        *,
        result: object = None,
        exception: object = None,
    ) -> None:
        del broker, message, result, exception
        self._cable.refuse()

    def before_ack(self, *_: object) -> None:
        if self._mended == "before":
            self._cable.mend()

    def before_nack(self, *_: object) -> None:
        if self._mended == "before":
            self._cable.mend()

    def after_ack(self, *_: object) -> None:
        self._cable.mend()

    def after_nack(self, *_: object) -> None:
        self._cable.mend()


class Play:
    """Actors of which something follows."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.ran: list[str] = []

    def noting(self, name: str, fails: Callable[[], bool] = bool) -> dramatiq.Actor[..., Any]:
        """Declare an actor that notes that it ran, and fails if it is told to."""

        def work(*_: object) -> None:
            self.ran.append(name)
            if fails():
                raise RuntimeError("no luck")

        return dramatiq.actor(broker=self._broker, actor_name=name, max_retries=1)(work)

    def send_retried(self) -> None:
        """Send a message that fails once."""
        self.noting("retried", lambda: self.ran.count("retried") == 1).send()

    def send_others(self) -> None:
        """Send one of each of the other kinds."""
        self.noting("buried")
        self.noting("exhausted", lambda: True).send_with_options(
            max_retries=0, on_retry_exhausted="buried"
        )
        steps = [self.noting(name).message() for name in ("piped", "piped on")]
        dramatiq.pipeline(steps, broker=self._broker).run()  # type: ignore[no-untyped-call]  # Dramatiq
        self.noting("called").send_with_options(on_success=self.noting("called back"))
        member = self.noting("member")
        group = dramatiq.group([member.message(), member.message()], broker=self._broker)  # type: ignore[no-untyped-call]  # Dramatiq
        group.add_completion_callback(self.noting("complete").message())  # type: ignore[no-untyped-call]  # Dramatiq
        group.run()  # type: ignore[no-untyped-call]  # Dramatiq


@pytest.mark.parametrize("mended", ["before", "after"])
def test_what_follows_happens_once_though_the_connection_is_lost_where_it_is_enqueued(
    make_broker: MakeBroker,
    broker_url: str,
    broker_database: str,
    make_cable: MakeCable,
    mended: str,
) -> None:
    cable = make_cable(broker_url)
    groups = GroupCallbacks(PostgresRateLimits())
    middleware = [*usual_middleware(), groups, Cut(cable, mended)]
    broker = make_broker(cable.url, middleware=middleware)
    play = Play(broker)
    play.send_retried()
    play.send_others()
    with working(broker):
        eventually(lambda: rows(broker_database, WAITING) == [(0,)])
    assert Counter(play.ran) == dict.fromkeys(RAN_ONCE, 1) | {"retried": 2, "member": 2}


def test_what_follows_happens_once_though_the_answer_to_its_commit_is_lost(
    make_broker: MakeBroker, broker_database: str, make_cable: MakeCable
) -> None:
    cable = make_cable(broker_database)
    broker = make_broker(
        cable.url, middleware=[*usual_middleware(), GroupCallbacks(PostgresRateLimits())]
    )
    play = Play(broker)
    play.send_retried()
    play.send_others()
    lost = cable.lose_reply_to(b"COMMIT")
    with working(broker):
        assert lost.wait(10)
        again = cable.lose_reply_to(b"COMMIT")
        eventually(lambda: rows(broker_database, WAITING) == [(0,)])
    assert again.is_set()
    assert Counter(play.ran) == dict.fromkeys(RAN_ONCE, 1) | {"retried": 2, "member": 2}
    assert rows(broker_database, "SELECT count(*) FROM scout_broker.dead_message") == [(1,)]


def test_the_control_on_redis_loses_a_message_that_was_to_be_retried(
    redis_url: str, make_cable: MakeCable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dramatiq.worker, "CONSUMER_RESTART_DELAY_SECS", 0.05)
    monkeypatch.setattr(dramatiq.worker, "POST_PROCESS_MESSAGE_RETRY_DELAY_SECS", 0.05)
    cable = make_cable(redis_url)
    with redis.Redis.from_url(cable.url, retry=Retry(NoBackoff(), 0)) as client:
        broker = RedisBroker(  # type: ignore[no-untyped-call]  # Dramatiq
            client=client,
            namespace="outcomes-cut",
            middleware=[*usual_middleware(), Cut(cable, "before")],
        )
        play = Play(broker)
        play.send_retried()
        with working(broker, threads=1) as worker:
            looking = RedisBroker(url=redis_url, namespace="outcomes-cut")  # type: ignore[no-untyped-call]  # Dramatiq
            looking.join("default", timeout=20_000)
            worker.join()
    assert play.ran == ["retried"]
