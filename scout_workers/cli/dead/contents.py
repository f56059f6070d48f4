"""What may be shown of what a message carries: identities, and of all else only its size."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from dramatiq import Message

_IDENTITY = re.compile(
    r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}"
    r"|[0-9]{1,19}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]{5,15}(Z|[+-][0-9:]{2,5})?)?"
)
_MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Contents:
    """What may be shown of a message.

    Attributes:
        arguments: In words; identities as they are.
        retries: How often it was retried in its last life.
        deferrals: How often it was deferred in it.
        revivals: How many lives it had before.
        traceback: Of the last attempt that was retried.
    """

    arguments: str
    retries: int
    deferrals: int
    revivals: int
    traceback: str | None

    def told(self) -> dict[str, Any]:
        """Return this for programs."""
        return asdict(self)


def contents_of(message: Message[Any] | None) -> Contents | None:
    """Return what may be shown; None where nothing can be read."""
    if message is None:
        return None
    options = message.options
    words = [identity(value) for value in message.args]
    words += [f"{name}={identity(value)}" for name, value in message.kwargs.items()]
    traceback = options.get("traceback")
    return Contents(
        arguments=", ".join(words) or "none",
        retries=_number(options.get("retries")),
        deferrals=_number(options.get("deferrals")),
        revivals=_number(options.get("revivals")),
        traceback=traceback if isinstance(traceback, str) else None,
    )


def identity(value: object) -> str:
    """Return an id, a number or a time as it is; of anything else what it is and how large."""
    if value is None or isinstance(value, bool | int | float | UUID | date):
        return str(value)
    if isinstance(value, str):
        if _IDENTITY.fullmatch(value):
            return value
        return f"(a text of {len(value):,})"
    if isinstance(value, list | tuple):
        shown = ", ".join(identity(each) for each in value[:_MOST_SHOWN])
        more = f", … {len(value):,} in all" if len(value) > _MOST_SHOWN else ""
        return f"[{shown}{more}]"
    if isinstance(value, dict):
        return f"(a mapping of {len(value):,})"
    return f"(a {type(value).__name__})"


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
