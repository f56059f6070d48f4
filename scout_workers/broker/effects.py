"""What an outcome brings about besides the end of its message: all of it in the same commit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .row import columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .claimed import ClaimedMessage
    from .database import Database
    from .pool import Connection
    from .row import NewRow


@dataclass(frozen=True, slots=True)
class KeptResult:
    """An actor's result as its backend encoded it, to be kept for so many milliseconds."""

    payload: bytes
    ttl_ms: int


@dataclass(slots=True)
class Arrival:
    """A message reaches the barrier of its group.

    Attributes:
        key: The barrier's.
        ttl_ms: For how long the barrier lives on, in milliseconds.
        callbacks: The ids of the messages that are due when the barrier is complete.
        rows: Those messages; they exist only if this arrival completes it.
    """

    key: str
    ttl_ms: int
    callbacks: frozenset[str]
    rows: list[NewRow] = field(default_factory=list)


def any_of(messages: Sequence[ClaimedMessage]) -> bool:
    """Tell whether there is anything to write but the messages' own rows."""
    return any(
        message.outcome.follow_ups or message.outcome.results or message.outcome.arrival
        for message in messages
    )


def write(database: Database, connection: Connection, messages: Sequence[ClaimedMessage]) -> None:
    """Write what follows from outcomes that took effect, on the transaction they did it in.

    Nothing follows from a message that was given back untouched, though middleware heard that it
    was skipped, nor for a second time from one whose fence was spent in a caller's transaction.

    Raises:
        psycopg.Error: As the statements raise; the transaction is the caller's.
    """
    messages = [message for message in messages if not message.outcome.untouched]
    messages = _for_the_first_time(database, connection, messages)
    results = {key: kept for m in messages for key, kept in m.outcome.results.items()}
    if results:
        database.run("store_results", result_columns(results), on=connection)
    rows = [row for message in messages for row in message.outcome.follow_ups]
    rows += _called_back(database, connection, messages)
    if rows:
        database.run("insert_messages", columns(rows), on=connection)


def _for_the_first_time(
    database: Database, connection: Connection, messages: Sequence[ClaimedMessage]
) -> list[ClaimedMessage]:
    """Note outcomes that no row of theirs fences; leave out those that were noted before."""
    keys = {m.outcome.acked_in for m in messages if m.was_acked_in() and any_of([m])}
    if keys:
        noted = database.run("note_outcomes", {"keys": list(keys)}, on=connection)
        keys -= {key for (key,) in noted}
    return [m for m in messages if m.outcome.acked_in not in keys]


def result_columns(results: dict[str, KeptResult]) -> dict[str, list[Any]]:
    """Turn results into the arrays that store_results.sql unnests."""
    return {
        "keys": list(results),
        "payloads": [kept.payload for kept in results.values()],
        "ttls_ms": [kept.ttl_ms for kept in results.values()],
    }


def _called_back(
    database: Database, connection: Connection, messages: Sequence[ClaimedMessage]
) -> list[NewRow]:
    arrivals = {m.message_id: m.outcome.arrival for m in messages if m.outcome.arrival is not None}
    if not arrivals:
        return []
    complete = database.run(
        "arrive",
        {
            "keys": [arrival.key for arrival in arrivals.values()],
            "parties": list(arrivals),
            "ttls_ms": [arrival.ttl_ms for arrival in arrivals.values()],
        },
        on=connection,
    )
    # Every party brings the same messages; one party's are sent.
    last = {arrival.key: arrival.rows for arrival in arrivals.values()}
    return [row for (key,) in complete for row in last[key]]
