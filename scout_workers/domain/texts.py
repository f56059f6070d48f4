"""What can be found: the kinds of texts, and what a search is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from scout_workers.domain.observations import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID


class TextKind(StrEnum):
    """What a text is; a headline is found with the observations of its picture."""

    OBSERVATION = "observation"
    HEADLINE = "headline"
    SUMMARY = "summary"
    INSIGHT = "insight"


class TextKey(NamedTuple):
    """Which text: its kind, and the row it is of."""

    kind: TextKind
    id: UUID


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search is narrowed to: always to one organization.

    Attributes:
        cameras: None: all of them, and what is of none.
        since: Seen at this moment or later.
        until: Seen before this moment.
        kinds: None: all.
        severities: None: all.
    """

    organization_id: UUID
    cameras: tuple[UUID, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    kinds: tuple[TextKind, ...] | None = None
    severities: tuple[Severity, ...] | None = None


def kinds_of(wanted: Iterable[TextKind]) -> tuple[TextKind, ...] | None:
    """Return the kinds a person means who names these; None: whichever."""
    kinds = set(wanted)
    if TextKind.OBSERVATION in kinds:
        kinds.add(TextKind.HEADLINE)
    return tuple(sorted(kinds)) or None


def at_least(severity: Severity | None) -> tuple[Severity, ...] | None:
    """Return the severities from this one up; None: whichever."""
    if severity is None:
        return None
    order = list(Severity)
    return tuple(order[order.index(severity) :])
