"""What people ask about the work: read only, for the command line; nothing here is hot.

A report is one or more statements on the transaction it is given. Ids may be abbreviated to their
first digits, as people copy them from a list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.store.queries import query

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from scout_workers.store.transaction import Transaction

_COUNTS = query("report_counts")
_CAPTURES = query("report_captures")
_ANALYSES = query("report_analyses")
_CAPTURES_BETWEEN = query("report_captures_between")
_ANALYSES_BETWEEN = query("report_analyses_between")
_EVENTS_BETWEEN = query("report_events_between")
_TIME_ZONE = query("report_time_zone")
_KNOWN_KEYS = query("report_known_keys")
_CAPTURE_OF_ANALYSIS = query("report_capture_of_analysis")

_DIGITS_OF_UUID = 32


@dataclass(frozen=True, slots=True)
class Count:
    """How many of something stand in one state.

    Attributes:
        subject: "captures", "analyses" or "calls".
        state: As the table calls it; analyses are also "waiting" where none was begun yet.
        cost_microdollars: What the calls cost, in millionths of a dollar; None where no price is
            known, and for what is no call.
    """

    subject: str
    state: str
    count: int
    cost_microdollars: int | None


@dataclass(frozen=True, slots=True)
class CaptureLine:
    """One capture of a list, with its latest analysis (None throughout where it has none)."""

    id: UUID
    organization: str
    time_zone: str
    camera: str
    captured_at: datetime
    state: str
    state_reason: str | None
    source: str
    analysis_id: UUID | None
    analysis_state: str | None
    severity: str | None
    headline: str | None
    flags: list[str] | None


@dataclass(frozen=True, slots=True)
class AnalysisLine:
    """One analysis of a list."""

    id: UUID
    organization: str
    time_zone: str
    camera: str
    captured_at: datetime
    capture_id: UUID
    run_no: int
    state: str
    severity: str | None
    headline: str | None
    flags: list[str]
    error_class: str | None


def counts(tx: Transaction) -> list[Count]:
    """Count captures, analyses and model calls by state; what has none of a state is left out."""
    return [Count(*row) for row in tx.rows(_COUNTS, {})]


def captures(
    tx: Transaction,
    *,
    organization: str | None = None,
    camera: str | None = None,
    state: str | None = None,
    limit: int = 20,
) -> list[CaptureLine]:
    """List captures, newest first; None does not filter."""
    filters = {"organization": organization, "camera": camera, "state": state, "limit": limit}
    return [CaptureLine(*row) for row in tx.rows(_CAPTURES, filters)]


def analyses(
    tx: Transaction,
    *,
    organization: str | None = None,
    camera: str | None = None,
    state: str | None = None,
    limit: int = 20,
) -> list[AnalysisLine]:
    """List analyses, those of the newest captures first; None does not filter."""
    filters = {"organization": organization, "camera": camera, "state": state, "limit": limit}
    return [AnalysisLine(*row) for row in tx.rows(_ANALYSES, filters)]


def time_zone(tx: Transaction, organization_id: UUID) -> str | None:
    """Return the name of an organization's time zone, or None where there is no such one."""
    row = tx.row(_TIME_ZONE, {"id": organization_id})
    return None if row is None else row[0]


def known_keys(tx: Transaction, bucket: str, keys: Collection[str]) -> dict[str, str]:
    """Return those of `keys` that captures have in `bucket`, each with its capture's source."""
    return dict(tx.rows(_KNOWN_KEYS, {"bucket": bucket, "keys": list(keys)}))


def captures_like(tx: Transaction, prefix: str) -> list[UUID]:
    """Return up to six ids of captures that begin with `prefix`, dashes or none.

    Raises:
        ValueError: `prefix` cannot begin an id.
    """
    return [row[0] for row in tx.rows(_CAPTURES_BETWEEN, between(prefix))]


def analyses_like(tx: Transaction, prefix: str) -> list[UUID]:
    """Return up to six ids of analyses that begin with `prefix`, dashes or none.

    Raises:
        ValueError: `prefix` cannot begin an id.
    """
    return [row[0] for row in tx.rows(_ANALYSES_BETWEEN, between(prefix))]


def capture_of_analysis(tx: Transaction, analysis_id: UUID) -> UUID | None:
    """Return which capture an analysis is of, or None where there is no such analysis."""
    row = tx.row(_CAPTURE_OF_ANALYSIS, {"id": analysis_id})
    return None if row is None else row[0]


def events_like(tx: Transaction, prefix: str) -> list[UUID]:
    """Return up to six ids of events that begin with `prefix`, dashes or none.

    Raises:
        ValueError: `prefix` cannot begin an id.
    """
    return [row[0] for row in tx.rows(_EVENTS_BETWEEN, between(prefix))]


def between(prefix: str) -> dict[str, str]:
    """Return the first and the last id that an abbreviation may mean.

    Raises:
        ValueError: `prefix` cannot begin an id.
    """
    digits = prefix.replace("-", "").lower()
    if not re.fullmatch(rf"[0-9a-f]{{1,{_DIGITS_OF_UUID}}}", digits):
        raise ValueError(f"{prefix!r} is no id and cannot begin one")
    return {
        "first": digits.ljust(_DIGITS_OF_UUID, "0"),
        "last": digits.ljust(_DIGITS_OF_UUID, "f"),
    }
