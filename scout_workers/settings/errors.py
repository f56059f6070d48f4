"""What is wrong with the settings, in sentences a person can act on."""

from __future__ import annotations


class SettingsError(Exception):
    """The settings cannot be used; each of `mistakes` says where it stands and what to do."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes
