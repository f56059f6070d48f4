"""Gives each line its message's fields, and takes from it what must not be in a log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from dramatiq import Message
from dramatiq.broker import MessageProxy

from scout_workers.domain.errors import ScoutError
from scout_workers.middleware.log_context import current_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What an Actor says at DEBUG, under the name of the actor's own module, of each call.
_ARGUMENTS_LINE = "Received args=%r kwargs=%r."
#: Where a worker thread reports an actor's exception, with the message and so its arguments.
_WORKER_THREAD = "dramatiq.worker.WorkerThread"


class MessageFilter(logging.Filter):
    """For a handler, so that no line reaches its stream unseen, whoever wrote it.

    - A Dramatiq message among a line's arguments shows as actor and id: its own text has its
      arguments in it.
    - An actor's line about its arguments is dropped.
    - A worker thread's traceback of an expected error (a ScoutError) is dropped: the message's own
      line names its class.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Complete and clean the record; False: it is not to be written."""
        if record.msg == _ARGUMENTS_LINE or _is_expected_error(record):
            return False
        record.args = _without_messages(record.args)
        record.scout = current_fields()
        return True


def _is_expected_error(record: logging.LogRecord) -> bool:
    return (
        record.name == _WORKER_THREAD
        and record.exc_info is not None
        and isinstance(record.exc_info[1], ScoutError)
    )


def _without_messages(
    arguments: tuple[object, ...] | Mapping[str, object] | None,
) -> tuple[object, ...] | Mapping[str, object] | None:
    if isinstance(arguments, tuple):
        return tuple(_named(argument) for argument in arguments)
    if arguments:
        return {key: _named(argument) for key, argument in arguments.items()}
    return arguments


def _named(argument: object) -> object:
    if isinstance(argument, Message | MessageProxy):
        return f"{argument.actor_name}[{argument.message_id}]"
    return argument
