"""What a draft of an analysis profile is proposed from, beside sample pictures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """What is known of a camera whose profile is to be drafted.

    Attributes:
        camera: The camera's name, in its owner's words.
        instructions: Those of its active profile; empty where it has none.
        wishes: What the operator asked the draft to look for; may be empty.
    """

    camera: str
    instructions: str = ""
    wishes: str = ""
