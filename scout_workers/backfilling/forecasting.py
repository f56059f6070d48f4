"""What a backfill will need: tokens, money and time, reckoned from what calls came to so far."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scout_workers.backfilling.surveying import ModelCount, Survey

FREE_PROVIDERS = frozenset({"local"})
ASSUMED_SECONDS = 10.0
ASSUMED_LOCAL_SECONDS = 0.2
"""Of a call to a model that has never been measured here."""


@dataclass(frozen=True, slots=True)
class Slots:
    """What works on a backfill.

    Attributes:
        each: Slots of the queue in one process.
        processes: Worker processes that serve it.
        running: Whether they were seen; False: as many as the settings would start.
    """

    each: int
    processes: int
    running: bool

    @property
    def all(self) -> int:
        """Captures at work at a time."""
        return self.each * self.processes


@dataclass(frozen=True, slots=True)
class ModelForecast:
    """What one model's part will need; None: nobody knows, for it was never measured."""

    provider: str
    model: str
    captures: int
    measured_calls: int
    seconds_each: float
    input_tokens: int | None
    output_tokens: int | None
    cost_microdollars: int | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a backfill will need in all.

    Attributes:
        per_hour: Captures an hour.
        bound_by: What sets that pace: "slots" or "rate".
    """

    captures: int
    models: tuple[ModelForecast, ...]
    seconds_each: float
    slots: Slots
    per_hour: float
    bound_by: str
    hours: float
    input_tokens: int | None
    output_tokens: int | None
    cost_microdollars: int | None

    @property
    def cost_each(self) -> int:
        """What one capture is thought to cost, in millionths of a dollar; 0 where nobody knows."""
        if not self.captures or self.cost_microdollars is None:
            return 0
        return math.ceil(self.cost_microdollars / self.captures)


def forecast(survey: Survey, slots: Slots, *, rate: float | None = None) -> Forecast:
    """Reckon what a selection will need.

    Args:
        survey: What it has.
        slots: Who works on it.
        rate: Captures a minute it is held to, if it is.
    """
    models = tuple(map(_model, survey.models))
    seconds = sum(each.captures * each.seconds_each for each in models)
    seconds_each = seconds / survey.wanted if survey.wanted else 0.0
    by_slots = slots.all * 3600 / seconds_each if seconds_each else math.inf
    by_rate = math.inf if rate is None else rate * 60
    per_hour = min(by_slots, by_rate)
    return Forecast(
        captures=survey.wanted,
        models=models,
        seconds_each=seconds_each,
        slots=slots,
        per_hour=per_hour,
        bound_by="rate" if by_rate < by_slots else "slots",
        hours=survey.wanted / per_hour if per_hour else 0.0,
        input_tokens=_sum([each.input_tokens for each in models]),
        output_tokens=_sum([each.output_tokens for each in models]),
        cost_microdollars=_sum([each.cost_microdollars for each in models]),
    )


def _model(count: ModelCount) -> ModelForecast:
    figures = count.figures
    free = count.provider in FREE_PROVIDERS
    latency = figures.latency_ms
    assumed = ASSUMED_LOCAL_SECONDS if free else ASSUMED_SECONDS
    return ModelForecast(
        provider=count.provider,
        model=count.model,
        captures=count.captures,
        measured_calls=figures.calls,
        seconds_each=assumed if latency is None else max(latency, 1.0) / 1000,
        input_tokens=0 if free else _times(count.captures, figures.input_tokens),
        output_tokens=0 if free else _times(count.captures, figures.output_tokens),
        cost_microdollars=0 if free else _times(count.captures, figures.cost_microdollars),
    )


def _times(captures: int, each: float | None) -> int | None:
    return None if each is None else math.ceil(captures * each)


def _sum(parts: list[int | None]) -> int | None:
    known = [each for each in parts if each is not None]
    return sum(known) if len(known) == len(parts) else None
