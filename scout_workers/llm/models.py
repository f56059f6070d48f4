"""Which provider answers for which profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.protocol import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scout_workers.domain.calls import Answer
    from scout_workers.domain.profiles import ProfileVersion
    from scout_workers.llm.protocol import ModelProvider, PreparedImage


class Models:
    """The providers this process can reach, by the name profiles call them."""

    def __init__(self, providers: Mapping[str, ModelProvider]) -> None:
        self._providers = dict(providers)

    def provider_for(self, profile: ProfileVersion) -> ModelProvider:
        """Return the provider a profile names.

        Raises:
            ModelError: bad_request: no provider of that name is set up here.
        """
        try:
            return self._providers[profile.provider]
        except KeyError:
            known = ", ".join(sorted(self._providers)) or "none"
            raise ModelError(
                ErrorClass.BAD_REQUEST,
                f"the analysis profile asks for the provider {profile.provider!r}, which is not "
                f"set up here (set up: {known})",
            ) from None

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
