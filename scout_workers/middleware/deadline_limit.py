"""Ends what takes too long, in place of Dramatiq's TimeLimit."""

from __future__ import annotations

import threading
from contextvars import copy_context
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, NamedTuple

from dramatiq import Middleware

from scout_workers.middleware.execution import Execution
from scout_workers.middleware.limits import Limits
from scout_workers.middleware.recall import MessageAborted, MessageLost, recall_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dramatiq import Actor, Broker, Worker
    from dramatiq.broker import MessageProxy

    from scout_workers.middleware.zombies import Zombies

    Call = Callable[[], object]


class _Processing(NamedTuple):
    """The message whose function is about to be called on this thread."""

    broker: Broker
    message: MessageProxy


class DeadlineLimit(Middleware):
    """Gives every attempt a Deadline, a hard limit, and up on a thread that does not come back.

    The option (`time_limit`, milliseconds, on an actor or a message; `float("inf")` for none) and
    the exception (`dramatiq.middleware.TimeLimitExceeded`) are those of the stock middleware.
    What differs: it is armed around the actor's function alone (docs/adr/0032), so neither
    another middleware nor the acknowledgement is ever struck; calls that block are freed by their
    cancel handles before the exception is raised; a thread that nothing frees is a zombie.

    An actor runs in a copy of the thread's context: whatever an interrupted one left set in a
    context variable ends with it. Threads of CPython only; under gevent use the stock one.

    Args:
        limits: For actors that do not say otherwise.
        zombies: Who counts the threads given up.
    """

    def __init__(self, *, limits: Limits | None = None, zombies: Zombies) -> None:
        self.limits = limits or Limits()
        self.zombies = zombies
        self._thread = threading.local()
        self._executions: dict[int, Execution] = {}  # by the id of the message it is of

    @property
    def actor_options(self) -> set[str]:
        """What an actor may say of it: `time_limit` in milliseconds."""
        return {"time_limit"}

    def after_declare_actor(self, broker: Broker, actor: Actor[Any, Any]) -> None:
        """Put the limits around the actor's function."""
        function = actor.fn

        @wraps(function)
        def limited(*args: object, **kwargs: object) -> object:
            processing = self._take()
            if processing is None:  # called as a function, by nobody's message
                return function(*args, **kwargs)
            call = partial(function, *args, **kwargs)
            return copy_context().run(self._run, processing, actor, call)

        actor.fn = limited

    def before_worker_boot(self, broker: Broker, worker: Worker) -> None:
        """Hear of messages that are taken back, from a broker that tells."""
        for name, recall in (("lease_lost", self._lose), ("abort_asked", self._abort)):
            listeners = getattr(broker, name, None)
            if listeners is not None and recall not in listeners:
                listeners.append(recall)

    def before_process_message(self, broker: Broker, message: MessageProxy) -> None:
        """Remember whose function is called next on this thread."""
        self._thread.processing = _Processing(broker, message)

    def after_process_message(
        self,
        broker: Broker,
        message: MessageProxy,
        *,
        result: object = None,
        exception: BaseException | None = None,
    ) -> None:
        """Finish what an exception in the midst of finishing left over."""
        self._forget(message)

    def after_skip_message(self, broker: Broker, message: MessageProxy) -> None:
        """Forget a message whose function was never called."""
        self._forget(message)

    def before_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Have the shutdown wait for the healthy threads only."""
        self.zombies.leave_behind(worker)

    def _run(self, processing: _Processing, actor: Actor[Any, Any], call: Call) -> object:
        message = processing.message
        own = message.options.get("time_limit") or actor.options.get("time_limit")
        title = f"{message.actor_name} {message.message_id}"
        give_up = partial(self._give_up, processing)
        execution = Execution(title, self.limits.for_time_limit(own), give_up)
        self._thread.execution = execution
        self._executions[id(message)] = execution
        # Now that a recall finds it: one that came a moment ago did not.
        if (because := recall_of(message)) is not None:
            execution.recall(because)
        return execution.run(call)

    def _lose(self, message: MessageProxy) -> None:
        self._recall(message, MessageLost)

    def _abort(self, message: MessageProxy) -> None:
        self._recall(message, MessageAborted)

    def _recall(self, message: MessageProxy, because: type[BaseException]) -> None:
        execution = self._executions.get(id(message))
        if execution is not None:
            execution.recall(because)

    def _give_up(self, processing: _Processing, execution: Execution) -> None:
        # A broker that cannot give a message up keeps it until this process has gone.
        give_up = getattr(processing.broker, "give_up", None)
        if self.zombies.add(execution) and give_up is not None:
            give_up(processing.message)

    def _take(self) -> _Processing | None:
        processing: _Processing | None = getattr(self._thread, "processing", None)
        self._thread.processing = None
        return processing

    def _forget(self, message: MessageProxy) -> None:
        self._thread.processing = None
        self._executions.pop(id(message), None)
        execution: Execution | None = getattr(self._thread, "execution", None)
        if execution is not None:
            execution.finish()
            self.zombies.remove(execution)
            self._thread.execution = None
