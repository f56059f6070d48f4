"""How a line of the log looks, and the one place that sets logging up."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TextIO

from scout_workers.middleware.log_filter import MessageFilter

if TYPE_CHECKING:
    from scout_workers.middleware.log_context import LogFields

#: Whose lines below INFO may be seen. The others' never are: at DEBUG an HTTP client logs headers
#: with keys in them, and whole bodies.
_OWN_LOGGERS = ("scout_workers", "dramatiq")
_EXTRAS = ("outcome", "duration_ms", "reason")


class TextFormatter(logging.Formatter):
    """For people: time, level, process, thread, logger, the message's fields, the line."""

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s %(process)d %(threadName)s %(name)s%(about)s: %(message)s"
        )

    def format(self, record: logging.LogRecord) -> str:
        """Format one line; a traceback follows on lines of its own."""
        fields: LogFields | None = getattr(record, "scout", None)
        record.about = (
            ""
            if fields is None
            else f" [{fields.actor} {fields.message_id} {fields.queue} #{fields.attempt}]"
        )
        return super().format(record)


class JsonFormatter(logging.Formatter):
    """For machines: one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Format one line, a traceback included."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "thread": record.threadName,
            "message": record.getMessage(),
        }
        fields: LogFields | None = getattr(record, "scout", None)
        if fields is not None:
            line |= {
                "message_id": fields.message_id,
                "actor": fields.actor,
                "queue": fields.queue,
                "attempt": fields.attempt,
            }
        line |= {
            name: value for name in _EXTRAS if (value := getattr(record, name, None)) is not None
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up(
    level: str, layout: Literal["text", "json"], *, stream: TextIO | None = None
) -> logging.Handler:
    """Send every line of this process through one clean handler, in place of those there were.

    Args:
        level: Of our own loggers and Dramatiq's; the others' are never below INFO.
        layout: For people or for machines.
        stream: Where to; standard error if None (which the `dramatiq` command makes a pipe).

    Raises:
        ValueError: There is no such level.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if layout == "json" else TextFormatter())
    handler.addFilter(MessageFilter())
    root = logging.getLogger()
    for name in _OWN_LOGGERS:
        logging.getLogger(name).setLevel(level)
    root.setLevel(max(logging.getLevelName(level), logging.INFO))
    root.handlers[:] = [handler]
    return handler
