"""What came of a turn, and of all turns of one way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from statistics import mean
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from benchmarks.origin_incident.ways import Way
    from scout_workers.domain.calls import Answer

BIN_SECONDS: Final = 0.5


@dataclass(slots=True)
class Turn:
    """One turn, as its threads wrote it down; lists, since many append at once.

    Attributes:
        waits: Seconds each checkout took, those in vain among them.
        refused: Likewise, of those in vain alone.
        calls: When each answer of the model was written down, in seconds of the turn.
        call_errors: What ended the others, by its class.
        lost: Answers that came, are to be paid for, and were written down nowhere.
        short: When each short job was done, in seconds of the turn.
        short_errors: What ended the others, by its class.
        connections: How many there were, from look to look.
        idle: How many of them were idle in a transaction.
    """

    waits: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)
    call_errors: list[str] = field(default_factory=list)
    lost: list[Answer] = field(default_factory=list)
    short: list[float] = field(default_factory=list)
    short_errors: list[str] = field(default_factory=list)
    connections: list[int] = field(default_factory=list)
    idle: list[int] = field(default_factory=list)


class Outcome:
    """All turns of one way.

    Args:
        way: Which.
        seconds: Of each turn.
    """

    def __init__(self, way: Way, seconds: float) -> None:
        self.way, self.seconds = way, seconds
        self.turns: list[Turn] = []

    def add(self, turn: Turn) -> None:
        """Add one."""
        self.turns.append(turn)

    def wait(self, share: float) -> float:
        """Return how long a checkout took at most, for so large a share of them."""
        waits = sorted(wait for turn in self.turns for wait in turn.waits)
        return waits[round((len(waits) - 1) * share)]

    @property
    def checkouts(self) -> int:
        """How many were asked for."""
        return sum(len(turn.waits) for turn in self.turns)

    @property
    def refused(self) -> float:
        """Which share of them was in vain."""
        return sum(len(turn.refused) for turn in self.turns) / self.checkouts

    @property
    def short(self) -> float:
        """Short jobs done a second."""
        return mean(self.short_each)

    @property
    def short_each(self) -> list[float]:
        """Short jobs done a second, of each turn."""
        return [len(turn.short) / self.seconds for turn in self.turns]

    @property
    def short_failed(self) -> float:
        """Which share of the short jobs failed."""
        failed = sum(len(turn.short_errors) for turn in self.turns)
        return failed / (failed + sum(len(turn.short) for turn in self.turns))

    @property
    def calls(self) -> float:
        """Calls a second whose answers were written down."""
        return mean(len(turn.calls) for turn in self.turns) / self.seconds

    @property
    def calls_failed(self) -> int:
        """Calls that came to nothing, or were not made at all."""
        return sum(len(turn.call_errors) for turn in self.turns)

    @property
    def lost(self) -> int:
        """Answers that were paid for and written down nowhere."""
        return sum(len(turn.lost) for turn in self.turns)

    @property
    def idle(self) -> float:
        """Connections idle in a transaction, on average."""
        return mean(count for turn in self.turns for count in turn.idle)

    @property
    def connections(self) -> int:
        """Connections, at most."""
        return max(count for turn in self.turns for count in turn.connections)

    @property
    def errors(self) -> Counter[str]:
        """What failed, by its class."""
        return Counter(
            name for turn in self.turns for name in (*turn.call_errors, *turn.short_errors)
        )

    def course(self) -> list[tuple[float, float]]:
        """Return short jobs a second in the course of a turn, the mean of all."""
        bins = Counter(int(at / BIN_SECONDS) for turn in self.turns for at in turn.short)
        scale = len(self.turns) * BIN_SECONDS
        return [
            ((place + 0.5) * BIN_SECONDS, bins[place] / scale)
            for place in range(int(self.seconds / BIN_SECONDS))
        ]
