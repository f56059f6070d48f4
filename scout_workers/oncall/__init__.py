"""For whoever is on call: how it all goes, what needs a human, and why something has not happened.

    overview = look(app)            a dozen cheap statements, however much there is
    concerns(overview)              what needs a hand or is worth a note: no I/O

Looks and judgements are apart, so that each judgement can be tested by its facts.
"""

from __future__ import annotations

from scout_workers.oncall.concerns import Concern, concerns
from scout_workers.oncall.looking import look, worker_lines
from scout_workers.oncall.overview import (
    BudgetLine,
    Flow,
    Overview,
    ProviderLine,
    QueueLine,
    ScheduleLine,
    WorkerLine,
)
from scout_workers.oncall.rates import Rates, rates

__all__ = [
    "BudgetLine",
    "Concern",
    "Flow",
    "Overview",
    "ProviderLine",
    "QueueLine",
    "Rates",
    "ScheduleLine",
    "WorkerLine",
    "concerns",
    "look",
    "rates",
    "worker_lines",
]
