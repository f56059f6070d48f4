"""What doctor finds: one line each, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "OK"
    WARN = "WARN"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes:
        subject: What was looked at, in a word or two.
        text: What was found.
        remedy: What to do; empty where all is well.
    """

    level: Level
    subject: str
    text: str
    remedy: str = ""


def ok(subject: str, text: str) -> Finding:
    """Make a finding of something that is as it should be."""
    return Finding(Level.OK, subject, text)


def warn(subject: str, text: str, remedy: str) -> Finding:
    """Make a finding of something that works and should be otherwise."""
    return Finding(Level.WARN, subject, text, remedy)


def error(subject: str, text: str, remedy: str = "") -> Finding:
    """Make a finding of something that does not work."""
    return Finding(Level.ERROR, subject, text, remedy)
