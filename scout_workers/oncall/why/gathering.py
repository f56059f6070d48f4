"""What is known of whatever somebody named: the one place where `why` asks the database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scout_workers import messages
from scout_workers.app import glance, whereabouts
from scout_workers.domain import leases
from scout_workers.oncall.looking import queue_lines, worker_lines
from scout_workers.oncall.why.facts import CaptureFacts, MessageFacts, QueueFacts
from scout_workers.store import costs, gates, reports, switches, why

if TYPE_CHECKING:
    from uuid import UUID

    from scout_workers.app import App
    from scout_workers.app.whereabouts import Whereabouts
    from scout_workers.oncall.overview import QueueLine, WorkerLine
    from scout_workers.store import Transaction
    from scout_workers.store.switches import Pause
    from scout_workers.store.why import CaptureStanding

_OF_ANALYSES = (messages.PROCESSING, messages.BACKFILL)


class UnknownNameError(Exception):
    """It names no queue, and cannot be a message's or a capture's id; the message says so."""


def gather(app: App, name: str) -> QueueFacts | MessageFacts | CaptureFacts:
    """Find what a name means, and all that decides about it.

    Args:
        app: The program.
        name: A queue; a capture, or an analysis of one, by the first digits of its id; a message by
            its whole id, or by the number of its row.

    Raises:
        UnknownNameError: It is none of them.
        BrokerError, StoreUnavailableError, psycopg.Error: The database is away.
    """
    return _Gathering(app).of(name)


class _Gathering:
    def __init__(self, app: App) -> None:
        self._app = app
        self._workers = worker_lines(app)
        lines = queue_lines(glance.queues(app) or [], self._workers, app.settings)
        self._lines = {line.queue: line for line in lines}

    def of(self, name: str) -> QueueFacts | MessageFacts | CaptureFacts:
        if name in self._lines:
            with self._app.store.transaction() as tx:
                return self._queue(self._lines[name], tx)
        capture_id = self._capture_of(name)
        if capture_id is not None:
            return self._capture(capture_id)
        if name.isdigit():
            return self._message(name, row=int(name))
        if _is_uuid(name):
            return self._message(name, message_id=name)
        known = ", ".join(self._lines)
        raise UnknownNameError(
            f"{name!r} names nothing here: write a queue ({known}), the id of a capture or of an "
            "analysis (or its first digits), the whole id of a message, or its row's number."
        )

    def _capture_of(self, name: str) -> UUID | None:
        if name.isdigit() and len(name) < 8:  # noqa: PLR2004  as short as lists show ids
            return None
        try:
            reports.between(name)
        except ValueError:
            return None
        with self._app.store.transaction() as tx:
            found = reports.captures_like(tx, name)
            if not found:
                analyses = reports.analyses_like(tx, name)
                found = [
                    capture
                    for each in analyses
                    if (capture := reports.capture_of_analysis(tx, each)) is not None
                ]
        if len(set(found)) > 1:
            some = ", ".join(str(each) for each in found)
            raise UnknownNameError(f"{name!r} begins several ids, type more of it: {some}")
        return found[0] if found else None

    def _queue(self, line: QueueLine, tx: Transaction) -> QueueFacts:
        history = None
        if line.queue == messages.BACKFILL:
            paused = switches.paused(tx)
            history = next((each for each in paused if each.kind == "backfill"), None)
        return QueueFacts(
            line=line,
            alive=sum(1 for each in self._workers if each.state == "alive"),
            draining=sum(1 for each in self._workers if each.state == "draining"),
            known=line.queue in self._app.settings.queues,
            deferred=costs.deferred(tx) if line.queue in _OF_ANALYSES else [],
            history=history,
        )

    def _message(
        self, name: str, *, row: int | None = None, message_id: str | None = None
    ) -> MessageFacts:
        where = whereabouts.message(self._app, row=row, message_id=message_id)
        if where is not None:
            return self._found(name, where)
        dead = whereabouts.dead(self._app, row=row, message_id=message_id)
        return MessageFacts(name, dead=dead)

    def _found(self, name: str, where: Whereabouts) -> MessageFacts:
        with self._app.store.transaction() as tx:
            queue = self._queue(self._lines[where.queue], tx)
        return MessageFacts(
            name,
            where=where,
            queue=queue,
            worker=self._worker(where.owner),
            limit_seconds=self._app.settings.deadline.limit_seconds,
        )

    def _worker(self, owner: UUID | None) -> WorkerLine | None:
        return next((each for each in self._workers if each.id == owner), None)

    def _capture(self, capture_id: UUID) -> CaptureFacts:
        with self._app.store.transaction() as tx:
            standing = why.capture(tx, capture_id)
            assert standing is not None  # it was there a moment ago, and is never deleted
            paused, found = switches.paused(tx), gates.listed(tx)
        message = self._message_of(standing)
        queue = message.where.queue if message is not None and message.where is not None else None
        gate = next(
            (
                each
                for each in found
                if (each.provider, each.model) == (standing.provider, standing.model)
                and each.closed_seconds
            ),
            None,
        )
        return CaptureFacts(
            standing=standing,
            message=message,
            pauses=[each for each in paused if _stops(each, standing, queue)],
            gate=gate,
        )

    def _message_of(self, standing: CaptureStanding) -> MessageFacts | None:
        """Find who asks for a capture: by the claim that began last, else by contents."""
        if standing.settled_at is not None:
            return None
        row = leases.row_of(standing.lease_token or "")
        name = str(standing.id)
        if row is not None:
            facts = self._message(name, row=row)
            if facts.where is not None or facts.dead is not None:
                return facts
        where = whereabouts.message(self._app, within=name, queues=_OF_ANALYSES)
        return None if where is None else self._found(name, where)


def _stops(pause: Pause, standing: CaptureStanding, queue: str | None) -> bool:
    if pause.kind == "backfill":
        return queue == messages.BACKFILL
    if pause.kind == "provider":
        return pause.provider == standing.provider and pause.model in {None, standing.model}
    if pause.organization != standing.organization:
        return False
    return pause.kind == "organization" or pause.camera == standing.camera


def _is_uuid(name: str) -> bool:
    return re.fullmatch(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}", name) is not None
