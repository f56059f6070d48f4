"""What a model said of an image, after it was checked against our schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a person should care."""

    INFO = "info"
    NOTICE = "notice"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the image, in fractions of its width and height from the top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing worth knowing about one capture.

    Attributes:
        kind: A short snake_case class ("scene", "changed_region", "obstruction" …).
        text: One honest sentence.
        flags: Machine-readable marks ("dark", "blurred", "covered", "motion" …).
        confidence: 0 to 1.
    """

    kind: str
    text: str
    severity: Severity
    confidence: float
    region: Region | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """A model's whole answer about one image: the headline and what supports it."""

    headline: str
    severity: Severity
    flags: tuple[str, ...]
    observations: tuple[Observation, ...] = field(default=())
