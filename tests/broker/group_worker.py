"""A worker whose members of a group can be killed between the barrier and the acknowledgement.

    python group_worker.py URL NUMBER joined|immediate

It kills itself when the member of that number has reached the barrier, before its outcome is
settled; with a number no member has it works until its standard input closes. `immediate` is the
control: the barrier is counted down at once, as on Dramatiq's other backends.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import dramatiq
from dramatiq.middleware import GroupCallbacks, Middleware

from scout_workers.broker import PostgresBroker, PostgresRateLimits

if TYPE_CHECKING:
    from dramatiq import Broker, MessageProxy


class Killed(Middleware):
    """Heard after the group's barrier was told: the middleware listed last is asked first."""

    def __init__(self, number: int) -> None:
        self._number = number

    def after_process_message(self, broker: Broker, message: MessageProxy, **_: Any) -> None:
        del broker
        if message.args == (self._number,):
            os.kill(os.getpid(), signal.SIGKILL)


class Immediate(PostgresRateLimits):
    """The control: whoever is settled, the counter is counted down now."""

    def decr(self, key: str, amount: int, minimum: int, ttl: int) -> bool:
        return self._change(key, -amount, minimum, 2**62, ttl)


def member(broker: PostgresBroker, number: int) -> None:
    with broker.pool.connection() as connection:
        connection.execute("INSERT INTO ran (number) VALUES (%s)", [number])


def finished(broker: PostgresBroker) -> None:
    with broker.pool.connection() as connection:
        connection.execute(
            "INSERT INTO called_back (members) SELECT count(DISTINCT number) FROM ran"
        )


def make(url: str, number: int, how: str) -> PostgresBroker:
    """Make a broker with both actors."""
    limits = Immediate() if how == "immediate" else PostgresRateLimits()
    broker = PostgresBroker(url, middleware=[Killed(number), GroupCallbacks(limits)])
    dramatiq.set_broker(broker)
    dramatiq.actor(actor_name="member", broker=broker)(lambda number: member(broker, number))
    dramatiq.actor(actor_name="finished", broker=broker)(lambda: finished(broker))
    return broker


def main(url: str, number: str, how: str) -> None:
    worker = dramatiq.Worker(make(url, int(number), how), worker_threads=1, worker_timeout=100)
    worker.start()
    sys.stdin.read()
    worker.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
