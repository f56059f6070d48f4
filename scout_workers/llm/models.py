"""Which provider answers: for a profile the one it names, for a purpose the settings' choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_workers.domain.calls import ModelName
from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.protocol import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scout_workers.domain.calls import Answer
    from scout_workers.domain.profiles import ProfileVersion
    from scout_workers.llm.protocol import ModelProvider, PreparedImage


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is asked for one purpose.

    Attributes:
        provider: The provider's name.
        model: Its model.
        fallbacks: Who is asked instead, in order, while the first is overloaded or fails.
    """

    provider: str
    model: str
    fallbacks: tuple[ModelName, ...] = ()

    @property
    def first(self) -> ModelName:
        """Who is asked before all others."""
        return ModelName(self.provider, self.model)


class Models:
    """The providers this process can reach, by name, and whom each purpose chose.

    Args:
        providers: By the names profiles and settings call them.
        choices: By purpose ("describe", "summarize", "insights", "propose_profile", "embed").
    """

    def __init__(
        self,
        providers: Mapping[str, ModelProvider],
        choices: Mapping[str, Choice] | None = None,
    ) -> None:
        self._providers = dict(providers)
        self._choices = dict(choices or {})

    def __contains__(self, name: str) -> bool:
        return name in self._providers

    @property
    def names(self) -> tuple[str, ...]:
        """The providers that are set up, sorted."""
        return tuple(sorted(self._providers))

    def choice(self, purpose: str) -> Choice:
        """Return whom the settings chose for a purpose.

        Raises:
            ModelError: bad_request: nobody.
        """
        try:
            return self._choices[purpose]
        except KeyError:
            raise ModelError(
                ErrorClass.BAD_REQUEST,
                f"nobody was chosen to {purpose}: set [models.{purpose}] in the settings",
            ) from None

    def provider(self, name: str) -> ModelProvider:
        """Return a provider by its name.

        Raises:
            ModelError: bad_request: no provider of that name is set up here.
        """
        return self._named(name, "the settings ask")

    def provider_for(self, profile: ProfileVersion) -> ModelProvider:
        """Return the provider a profile names.

        Raises:
            ModelError: bad_request: no provider of that name is set up here.
        """
        return self._named(profile.provider, "the analysis profile asks")

    def describe(
        self,
        image: PreparedImage,
        profile: ProfileVersion,
        references: Sequence[PreparedImage] = (),
    ) -> Answer:
        """Have the profile's provider describe an image; the answer is returned raw.

        Args:
            image: The capture.
            profile: What to look for, and who looks.
            references: Earlier images of the same camera, newest first.

        Raises:
            ModelError: No such provider, or whatever the provider raised.
            TransactionHeldError: Called inside a transaction.
        """
        return self.provider_for(profile).describe(image, profile, references)

    def _named(self, name: str, who_asks: str) -> ModelProvider:
        try:
            return self._providers[name]
        except KeyError:
            known = ", ".join(self.names) or "none"
            raise ModelError(
                ErrorClass.BAD_REQUEST,
                f"{who_asks} for the provider {name!r}, which is not set up here (set up: {known})",
            ) from None
