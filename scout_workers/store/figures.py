"""What was measured: of pools by the processes that have them, of calls by the ledger."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from scout_workers.store.queries import query

if TYPE_CHECKING:
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

_PUT = query("pool_figures_put")
_LIST = query("pool_figures_list")
_CALLS = query("report_call_times")


@dataclass(frozen=True, slots=True)
class NewFigures:
    """What a process tells of one of its pools.

    Attributes:
        age: For how many seconds it has measured.
        checkouts: How often a connection was borrowed; waits and holds are in seconds.
        busiest: Connections in use on average, over the busiest stretch between two reports.
    """

    process: UUID
    pool: str
    host: str
    pid: int
    age: float
    size: int
    in_use: int
    max_size: int
    checkouts: int
    wait_seconds: float
    wait_p99: float
    hold_seconds: float
    hold_p99: float
    busiest: float


@dataclass(frozen=True, slots=True)
class PoolFigures:
    """One pool of one process; `measured_seconds` long, told `told_seconds` ago."""

    pool: str
    host: str
    pid: int
    measured_seconds: float
    told_seconds: float
    size: int
    in_use: int
    max_size: int
    checkouts: int
    wait_seconds: float
    wait_p99: float
    hold_seconds: float
    hold_p99: float
    busiest: float


@dataclass(frozen=True, slots=True)
class CallTimes:
    """How long the calls for one purpose took: `seconds` each on average.

    Attributes:
        busiest_hour: How many were begun in the busiest hour.
    """

    purpose: str
    calls: int
    seconds: float
    longest: float
    busiest_hour: int


def put(tx: Transaction, figures: NewFigures) -> None:
    """Write down what a process has measured."""
    tx.execute(_PUT, asdict(figures))


def lately(tx: Transaction, seconds: float) -> list[PoolFigures]:
    """List what was told within so many seconds."""
    return [PoolFigures(*row) for row in tx.rows(_LIST, {"seconds": seconds})]


def call_times(tx: Transaction, hours: int) -> list[CallTimes]:
    """Tell how long calls took, by purpose."""
    return [CallTimes(*row) for row in tx.rows(_CALLS, {"hours": hours})]
