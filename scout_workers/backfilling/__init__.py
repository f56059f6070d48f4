"""History is brought to the workers: what a backfill would do, and how it is begun.

    selection = choosing.selection(app, wanted)       names become ids
    survey = surveying.survey(app, selection)         how many captures, of which models
    forecast.forecast(…)                              tokens, dollars, hours
    begun = starting.begin(app, selection, survey, …) from here on the workers go on by themselves

What a step does is `store.backfill_steps`; who takes it is the actor `advance_backfill`.
"""

from __future__ import annotations

from scout_workers.backfilling.choosing import SelectionError, Wanted, selection
from scout_workers.backfilling.forecasting import Forecast, Slots, forecast
from scout_workers.backfilling.starting import begin, halt, resume, revive
from scout_workers.backfilling.surveying import ModelCount, Survey, survey

__all__ = [
    "Forecast",
    "ModelCount",
    "SelectionError",
    "Slots",
    "Survey",
    "Wanted",
    "begin",
    "forecast",
    "halt",
    "resume",
    "revive",
    "selection",
    "survey",
]
