"""What a mark of the measuring eye means in words, and when it was so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from scout_workers.llm.local.writer import phrases

if TYPE_CHECKING:
    from datetime import datetime

    from scout_workers.domain.summaries import FlagFacts, Span, SummaryFacts


class Extent(Protocol):
    """What a flag's spans are told against: all pictures there were."""

    @property
    def pictures(self) -> int:
        """How many."""
        ...

    @property
    def first(self) -> datetime | None:
        """When the first was taken."""
        ...

    @property
    def last(self) -> datetime | None:
        """When the last was taken."""
        ...


MEANINGS: Final = {
    "covered": "the lens looked wholly or partly covered",
    "glitch": "the frame was broken",
    "moved": "the view was not that of the earlier pictures",
    "fogged": "fog, haze or mist lay over the view",
    "blurred": "the picture was blurred",
    "dark": "the picture was dark",
    "bright": "the picture was far too bright",
    "monochrome": "the picture was without colours",
}
"""In the order in which they are told. Others are no sentence of their own."""

_OF_PICTURES = {
    "covered": "show a covered lens",
    "glitch": "are broken",
    "moved": "show another view than before",
    "fogged": "show fog, haze or mist",
    "blurred": "are blurred",
    "dark": "are dark",
    "bright": "are far too bright",
    "monochrome": "are without colours",
}
_SPANS_TOLD = 2


def sentences(facts: SummaryFacts) -> list[str]:
    """Return a sentence for each flag that means something, gravest first."""
    known = {each.flag: each for each in facts.flags}
    return [phrases.sentence(clause(known[flag], facts)) for flag in MEANINGS if flag in known]


def clause(flag: FlagFacts, facts: Extent) -> str:
    """Return what was so and when.

    "the picture was dark until 07:10", "the lens looked wholly or partly covered at 16:00", "fog,
    haze or mist lay over the view throughout"; of more spans than can be told: "3 of 6 pictures are
    dark".
    """
    meaning = MEANINGS[flag.flag]
    if flag.pictures == facts.pictures:
        only = f"at {phrases.clock(flag.spans[0].first)}"
        return f"{meaning} {'throughout' if facts.pictures > 1 else only}"
    whole = sum(span.pictures for span in flag.spans) == flag.pictures
    if whole and len(flag.spans) <= _SPANS_TOLD:
        return f"{meaning} {phrases.listed([_span(span, facts) for span in flag.spans])}"
    told = f"{phrases.share(flag.pictures, facts.pictures)} pictures {_OF_PICTURES[flag.flag]}"
    # Where spans were left out, an earlier or later one may be among them.
    first, last = flag.spans[0].first, flag.spans[-1].last
    return f"{told}, from {phrases.clock(first)} to {phrases.clock(last)}" if whole else told


def _span(span: Span, facts: Extent) -> str:
    if span.first == span.last:
        return f"at {phrases.clock(span.first)}"
    if span.first == facts.first:
        return f"until {phrases.clock(span.last)}"
    if span.last == facts.last:
        return f"from {phrases.clock(span.first)} on"
    return f"from {phrases.clock(span.first)} to {phrases.clock(span.last)}"
