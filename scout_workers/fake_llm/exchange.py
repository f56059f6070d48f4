"""One request and its answer, from the first byte to the till."""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from scout_workers.fake_llm import delivering, rewriting
from scout_workers.fake_llm.control import controlled, controls
from scout_workers.fake_llm.errors import Kind, Trouble
from scout_workers.fake_llm.http import read_body, read_head
from scout_workers.fake_llm.wires import WIRES, routed
from scout_workers.fake_llm.writing import written
from scout_workers.fake_llm.writing.tokens import Cache

if TYPE_CHECKING:
    from scout_workers.fake_llm.http import Peer, Reply, Request
    from scout_workers.fake_llm.options import Options
    from scout_workers.fake_llm.question import Operation, Question, Written
    from scout_workers.fake_llm.script import Script, Step
    from scout_workers.fake_llm.till import Entry, Till
    from scout_workers.fake_llm.wires.wire import Wire

_ORDINARY = delivering.Manner()


@dataclass(frozen=True, slots=True)
class Exchanges:
    """Answers requests, each by its fate."""

    options: Options
    script: Script
    till: Till
    cache: Cache = field(default_factory=Cache)

    async def one(self, peer: Peer) -> bool:
        """Answer the next request of a connection.

        Returns:
            Whether another one may follow.
        """
        try:
            head = await read_head(peer.reader)
        except Trouble as trouble:
            await peer.send(WIRES["openai"].refuse(trouble, "req_none").whole())
            return False
        if head is None:
            return False
        if controls(head):
            request = await self._read(peer, head)
            if request is None:
                return False
            await peer.send(controlled(request, self.script, self.till).whole())
            return not request.closes
        return await self._asked(peer, head)

    async def _read(self, peer: Peer, head: Request) -> Request | None:
        try:
            return await read_body(peer.reader, peer.writer, head)
        except Trouble as trouble:
            await peer.send(WIRES["openai"].refuse(trouble, "req_none").whole())
            return None

    async def _asked(self, peer: Peer, head: Request) -> bool:
        entry = self.till.open(_request_id(time.time_ns(), id(peer)))
        try:
            found = routed(head)
            if found is None:
                entry.outcome, entry.status = "refused", 404
                said = f"Unknown request URL: {head.method} {head.path}"
                reply = WIRES["openai"].refuse(Trouble(Kind.NOT_FOUND, said), entry.request_id)
                await peer.send(reply.whole())
                return False
            wire, operation, named = found
            entry.wire, entry.operation = wire.name, str(operation)
            step = self.script.next(wire.name, operation)
            if step is not None:  # it strikes before the body is read
                entry.fault = step.fault.name
                return await step.fault.delivery(peer, wire.refuse(_bug(), ""), step.manner)
            request = await self._read(peer, head)
            if request is None:
                return False
            entry.request = hashlib.sha256(request.body).hexdigest()
            keep = await self._answered(peer, entry, wire, request, operation, named)
            return keep and not request.closes
        finally:
            self.till.close(entry, left=peer.gone)

    async def _answered(  # noqa: PLR0917 - the facts of one request, in the order they are found
        self,
        peer: Peer,
        entry: Entry,
        wire: Wire,
        request: Request,
        operation: Operation,
        named: tuple[str, ...],
    ) -> bool:
        step: Step | None = None
        try:
            question = self._understood(entry, wire, request, operation, named)
            step = self.script.next(wire.name, operation, (question.model, request.body))
            self._admitted(entry, operation, step)
            answer = await self._made(entry, question, step)
            reply = wire.answer(question, answer, entry.request_id)
        except Trouble as trouble:
            entry.outcome = "limited" if isinstance(trouble, LimitedError) else "refused"
            reply = _when(wire.refuse(trouble, entry.request_id), trouble, step)
        reply = reply.with_headers(date=format_datetime(datetime.now(UTC), usegmt=True))
        keep = await _deliver(peer, reply, step)
        if step is None or step.fault.delivery not in delivering.SAY_NOTHING:
            entry.status = (step and step.fault.status) or reply.status
        if entry.outcome == "open" and keep:
            entry.outcome = "answered"
        return keep

    def _understood(
        self,
        entry: Entry,
        wire: Wire,
        request: Request,
        operation: Operation,
        named: tuple[str, ...],
    ) -> Question:
        if self.options.key and wire.key(request) != self.options.key:
            raise Trouble(Kind.AUTH)
        question = wire.read(request, operation, named)
        entry.model, entry.images = question.model, len(question.images)
        entry.texts = len(question.texts)
        return question

    def _admitted(self, entry: Entry, operation: Operation, step: Step | None) -> None:
        if step is not None and step.fault.name != "ok":
            entry.fault = step.fault.name
            if step.fault.kind is not None:
                raise Trouble(step.fault.kind, status=step.fault.status)
        if self.options.limit is not None and operation.paid:
            wait = self.options.limit.wait(time.monotonic())
            if wait > 0:
                raise LimitedError(wait)

    async def _made(self, entry: Entry, question: Question, step: Step | None) -> Written:
        fault = None if step is None else step.fault
        if question.operation.paid:
            await asyncio.sleep(self.options.latency.seconds(entry.number, self.script.seed))
        answer = written(question, self.cache)
        usage = rewriting.billed(answer)
        if fault is not None and fault.rewriting is not None:
            answer = fault.rewriting(answer)
        # A provider charges for what it made, whether or not anybody is there to take it.
        if question.operation.paid and (fault is None or fault.billed):
            entry.bill(usage)
        return answer


class LimitedError(Trouble):
    """More requests than --limit admits; `wait` says for how long."""

    def __init__(self, wait: float) -> None:
        super().__init__(Kind.RATE_LIMITED)
        self.wait = wait


async def _deliver(peer: Peer, reply: Reply, step: Step | None) -> bool:
    if step is None:
        return await delivering.whole(peer, reply, _ORDINARY)
    return await step.fault.delivery(peer, reply, step.manner)


def _when(reply: Reply, trouble: Trouble, step: Step | None) -> Reply:
    """Tell when to come again, where that is told."""
    if isinstance(trouble, LimitedError):
        milliseconds = math.ceil(1000 * trouble.wait)
        return reply.with_headers(
            retry_after=str(math.ceil(trouble.wait)), retry_after_ms=str(milliseconds)
        )
    if step is None or step.fault.retry_after is None:
        return reply
    if step.fault.retry_after == "seconds":
        return reply.with_headers(retry_after=f"{step.retry_after:g}")
    then = datetime.now(UTC) + timedelta(seconds=step.retry_after)
    return reply.with_headers(retry_after=format_datetime(then, usegmt=True))


def _request_id(*parts: int) -> str:
    return "req_" + hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def _bug() -> Trouble:
    return Trouble(Kind.SERVER_ERROR)
