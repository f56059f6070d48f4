"""Which request meets which fault: steps in order, then chances, then an ordinary answer."""

from __future__ import annotations

import random
import threading
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from scout_workers.fake_llm.delivering import Manner
from scout_workers.fake_llm.faults import FAULTS, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scout_workers.fake_llm.question import Operation


_USUAL: Final = Manner()


@dataclass(frozen=True, slots=True)
class Step:
    """A fault, and the requests that meet it.

    Attributes:
        times: How many requests; 0: every one from now on.
        share: Of the requests, by chance, 0 to 1; None: it is a step and no chance.
        wire: Only requests in this provider's format; empty: any.
        operation: Only these ("chat", "embed", "models"); empty: all that are paid for.
        model: Only of this model; empty: any.
        contains: Only with this text in the body; empty: any.
        retry_after: Seconds it tells the client to wait, where it tells.
        every: Seconds between two bytes of a drip.
        size: Bytes of a huge body.
    """

    fault: Fault
    times: int = 1
    share: float | None = None
    wire: str = ""
    operation: str = ""
    model: str = ""
    contains: str = ""
    retry_after: float = 1.0
    every: float = _USUAL.every
    size: int = _USUAL.size

    @property
    def manner(self) -> Manner:
        """The numbers of its delivery."""
        return Manner(self.every, self.size)

    def meets(self, wire: str, operation: Operation) -> bool:
        """Tell whether a request could meet it, as far as its path tells."""
        right = operation == self.operation if self.operation else operation.paid
        return right and self.wire in {"", wire}

    @property
    def looks_inside(self) -> bool:
        """Whether the body must be read to tell."""
        return bool(self.model or self.contains)

    def meets_inside(self, model: str, body: bytes) -> bool:
        """Tell whether a request meets it, by its body."""
        return self.model in {"", model} and self.contains.encode() in body

    def told(self) -> dict[str, Any]:
        """Return it as JSON shows it."""
        usual = asdict(replace(self, fault=FAULTS["ok"]))
        plain = Step(FAULTS["ok"])
        changed = {name: usual[name] for name in usual if usual[name] != getattr(plain, name)}
        changed.pop("fault", None)
        return {"fault": self.fault.name} | changed


@dataclass(slots=True)
class _Left:
    step: Step
    times: int


@dataclass(slots=True)
class Script:
    """Decides each request's fate. Safe to be changed from another thread while it plays.

    Attributes:
        seed: Of the chances: the n-th request's fate is the same each time.
    """

    seed: int = 0
    _steps: list[_Left] = field(default_factory=list)
    _chances: list[Step] = field(default_factory=list)
    _asked: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def play(self, steps: Iterable[Step], *, seed: int | None = None) -> None:
        """Begin anew with these."""
        with self._lock:
            given = list(steps)
            self.seed = self.seed if seed is None else seed
            self._steps = [_Left(step, step.times) for step in given if step.share is None]
            self._chances = [step for step in given if step.share is not None]
            self._asked = 0

    def next(
        self, wire: str, operation: Operation, inside: tuple[str, bytes] | None = None
    ) -> Step | None:
        """Decide a request's fate.

        Args:
            wire: The provider's format it came in.
            operation: What it asks for.
            inside: Its model and body; None while they are unread. Then only a fault that needs
                them unread is decided on, and anything else is left for later.

        Returns:
            What it meets; None: nothing, or not yet.
        """
        with self._lock:
            number = self._asked
            if inside is not None and operation.paid:
                self._asked += 1
            for left in self._steps:
                if not left.step.meets(wire, operation) or (left.step.times and not left.times):
                    continue
                if left.step.looks_inside and (
                    inside is None or not left.step.meets_inside(*inside)
                ):
                    if inside is None:
                        return None
                    continue
                return self._taken(left, number, unread=inside is None)
            return self._by_chance(wire, operation, inside, number)

    def _taken(self, left: _Left, number: int, *, unread: bool) -> Step | None:
        if unread and not left.step.fault.unread:
            return None
        left.times -= 1
        if unread:
            self._asked = number + 1
        return left.step

    def _by_chance(
        self, wire: str, operation: Operation, inside: tuple[str, bytes] | None, number: int
    ) -> Step | None:
        drawn = random.Random(f"{self.seed}:{number}").random()  # noqa: S311 - chance on purpose
        for step in self._chances:
            if not step.meets(wire, operation):
                continue
            if step.looks_inside and (inside is None or not step.meets_inside(*inside)):
                if inside is None:
                    return None
                continue
            drawn -= step.share or 0.0
            if drawn < 0:
                if inside is None and not step.fault.unread:
                    return None
                if inside is None:
                    self._asked = number + 1
                return step
        return None

    def told(self) -> dict[str, Any]:
        """Return what is still to come, as JSON shows it."""
        with self._lock:
            steps = [
                left.step.told() | {"left": left.times if left.step.times else "for ever"}
                for left in self._steps
                if left.times or not left.step.times
            ]
            chances = [step.told() for step in self._chances]
            return {"seed": self.seed, "asked": self._asked, "steps": steps, "chances": chances}
