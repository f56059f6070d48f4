"""Facts as JSON has them: what a model is sent, what is kept with a summary, what is hashed."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import Any

from scout_workers.domain.calls import Estimate
from scout_workers.domain.observations import Region, Severity
from scout_workers.domain.summaries import FlagFacts, Moment, Part, Span, SummaryFacts
from scout_workers.domain.windows import WindowKind

_PROMPT_TOKENS, _ANSWER_TOKENS = 2_000, 2_000
_CHARACTERS_A_TOKEN = 2  # figures and ids take more tokens than words


def data_of(facts: SummaryFacts) -> dict[str, Any]:
    """Return facts as JSON types; moments are written in ISO 8601 with their offset."""
    data: dict[str, Any] = json.loads(json.dumps(asdict(facts), default=_plain))
    return data


def input_hash(data: object) -> str:
    """Return the sha256 of facts: equal facts are one summary, and are paid once."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def estimate(data: object) -> Estimate:
    """Return an upper bound of the tokens it takes to have facts written about."""
    characters = len(json.dumps(data, ensure_ascii=False))
    return Estimate(_PROMPT_TOKENS + characters // _CHARACTERS_A_TOKEN, _ANSWER_TOKENS)


def facts_of(data: dict[str, Any]) -> SummaryFacts:
    """Return the facts that were kept as `data_of` wrote them.

    Raises:
        LookupError, TypeError, ValueError: They were not.
    """
    return SummaryFacts(
        kind=WindowKind(data["kind"]),
        camera=data["camera"],
        time_zone=data["time_zone"],
        start=datetime.fromisoformat(data["start"]),
        end=datetime.fromisoformat(data["end"]),
        first=_moment(data["first"]),
        last=_moment(data["last"]),
        pictures=data["pictures"],
        unchanged=data.get("unchanged", 0),  # not counted by summary-1
        unreadable=data["unreadable"],
        unseen=data["unseen"],
        severities=tuple((Severity(name), count) for name, count in data["severities"]),
        kinds=tuple((kind, count) for kind, count in data["kinds"]),
        flags=tuple(_flag(each) for each in data["flags"]),
        moments=tuple(_told(each) for each in data["moments"]),
        omitted=data["omitted"],
        parts=tuple(_part(each) for each in data["parts"]),
    )


def _plain(value: object) -> str:
    assert isinstance(value, datetime), f"{value!r} is no fact"
    return value.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _flag(data: dict[str, Any]) -> FlagFacts:
    spans = tuple(
        Span(
            datetime.fromisoformat(each["first"]),
            datetime.fromisoformat(each["last"]),
            each["pictures"],
        )
        for each in data["spans"]
    )
    return FlagFacts(data["flag"], data["pictures"], spans)


def _told(data: dict[str, Any]) -> Moment:
    return Moment(
        at=datetime.fromisoformat(data["at"]),
        kind=data["kind"],
        severity=Severity(data["severity"]),
        confidence=data["confidence"],
        text=data["text"],
        region=None if data["region"] is None else Region(**data["region"]),
        flags=tuple(data["flags"]),
        camera=data["camera"],
    )


def _part(data: dict[str, Any]) -> Part:
    return Part(
        camera=data["camera"],
        start=datetime.fromisoformat(data["start"]),
        end=datetime.fromisoformat(data["end"]),
        pictures=data["pictures"],
        notable=data["notable"],
        severity=Severity(data["severity"]),
        headline=data["headline"],
    )
