"""What happened when: the moments of a window, the same ones put together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.domain.observations import Severity
from scout_workers.domain.summaries import GRAVEST_FIRST
from scout_workers.llm.local.writer import phrases
from scout_workers.llm.local.writer.flags import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scout_workers.domain.summaries import Moment

_ASIDE = re.compile(r"\s*\([^()]*\)")
_SIZED = re.compile(r"(?:large|medium-sized|small) ")
_WORD = re.compile(r"[A-Z][a-z]")


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that was observed once or several times, in the same words.

    Attributes:
        clause: A clause without its time: "a large lighter region appeared lower left".
        ours: Whether it can stand in a sentence of ours; else it is quoted.
    """

    clause: str
    ours: bool
    severity: Severity
    at: tuple[datetime, ...]

    def told(self) -> str:
        """Return it with its times."""
        when = phrases.times(self.at)
        return f"{when} {self.clause}" if self.ours else f"{when}: {self.clause}"


def happenings(moments: Sequence[Moment]) -> list[Happening]:
    """Put moments of the same words together, the gravest first, then in order of time.

    What is no more than `info`, and what a flag's sentence tells already, is left out.
    """
    found: dict[tuple[str, bool, Severity], list[datetime]] = {}
    for moment in moments:
        if moment.severity is Severity.INFO or MEANINGS.keys() & set(moment.flags):
            continue
        clause, ours = _clause(moment)
        found.setdefault((clause, ours, moment.severity), []).append(moment.at)
    told = [Happening(*key, at=tuple(at)) for key, at in found.items()]
    return sorted(told, key=lambda each: (GRAVEST_FIRST.index(each.severity), each.at[0]))


def _clause(moment: Moment) -> tuple[str, bool]:
    """Turn an observation into a clause; other models' sentences are quoted as they are."""
    text = moment.text.strip().rstrip(".")
    where = f" ({moment.camera})" if moment.camera else ""
    short = _ASIDE.sub("", text)
    lower = short[:1].lower() + short[1:] if _WORD.match(short) else short
    if _SIZED.match(lower):
        return f"a {lower}{where}", True
    if moment.kind == "changed_region" and lower.startswith("much of the picture"):
        return f"{lower}{where}", True
    return f"{text}{where}", False
