"""The terms under which models are asked, as the settings have them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from scout_workers.domain.calls import ModelName
from scout_workers.domain.gates import Limits
from scout_workers.domain.terms import Terms
from scout_workers.settings import ChoiceSettings, ProviderSettings

if TYPE_CHECKING:
    from scout_workers.domain.calls import Estimate
    from scout_workers.settings import Settings


def terms_of(settings: Settings) -> Terms:
    """Return fallbacks by purpose, limits by provider, and what a call costs at most."""

    @cache
    def most(name: ModelName, estimate: Estimate) -> int | None:
        # The providers' libraries take longer to import than most commands take altogether.
        from scout_workers.app.providers import prices  # noqa: PLC0415  see above

        return prices(settings).most(name.provider, name.model, estimate)

    return Terms(
        fallbacks={
            purpose: tuple(ModelName(*pair) for pair in _pairs(chosen))
            for purpose, chosen in settings.models
            if isinstance(chosen, ChoiceSettings)
        },
        limits={
            name: Limits(section.requests_per_minute, section.tokens_per_minute)
            for name, section in settings.providers
            if isinstance(section, ProviderSettings)
        },
        most=most,
    )


def _pairs(chosen: ChoiceSettings) -> list[tuple[str, str]]:
    parts = (fallback.partition("/") for fallback in chosen.fallbacks)
    return [(provider, model) for provider, _, model in parts]
