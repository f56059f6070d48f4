"""Reading what a provider answered, whose shape is its promise and not ours to trust."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_TOKENS: Final = 2**31 - 1
_ID_LIMIT: Final = 200


def objects(value: object) -> list[dict[str, Any]]:
    """Return the objects of a list; nothing, if it is none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def fields(value: object) -> dict[str, Any]:
    """Return an object, or an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def text(value: object, otherwise: str = "") -> str:
    """Return a text that is not empty, or another one in place of anything else."""
    return value if isinstance(value, str) and value else otherwise


def tokens(counts: Mapping[str, Any], name: str) -> int:
    """Return a count of tokens; 0 where there is none that makes sense."""
    count = counts.get(name)
    if isinstance(count, bool) or not isinstance(count, int):
        return 0
    return min(max(count, 0), _MOST_TOKENS)


def identity(value: object) -> str | None:
    """Return a provider's id of a request, if it gave one."""
    told = text(value)
    return told[:_ID_LIMIT] if told.isprintable() and told else None
