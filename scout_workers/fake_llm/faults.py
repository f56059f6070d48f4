"""Everything that can be made to go wrong, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scout_workers.fake_llm import delivering, rewriting
from scout_workers.fake_llm.errors import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scout_workers.fake_llm.delivering import Delivery
    from scout_workers.fake_llm.rewriting import Rewriting


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        about: What happens, for people.
        billed: Whether a provider would have made the answer, and so charges for it.
        kind: The no it answers with; None: it answers.
        status: Of HTTP; None: as the provider has it for this no, or 200.
        retry_after: How it tells when to come again: "seconds", "date" or not at all.
        rewriting: What becomes of the words.
        delivery: How they are sent.
        unread: Whether it strikes before the request's body is read.
    """

    name: str
    about: str
    billed: bool
    kind: Kind | None = None
    status: int | None = None
    retry_after: str | None = None
    rewriting: Rewriting | None = None
    delivery: Delivery = delivering.whole
    unread: bool = False


def _no(name: str, about: str, kind: Kind, status: int | None = None, after: str = "") -> Fault:
    return Fault(name, about, billed=False, kind=kind, status=status, retry_after=after or None)


def _says(rewrite: Rewriting, about: str, name: str | None = None) -> Fault:
    return Fault(name or _name(rewrite), about, billed=True, rewriting=rewrite)


def _sends(
    delivery: Delivery, about: str, name: str | None = None, *, billed: bool = True
) -> Fault:
    return Fault(name or _name(delivery), about, billed=billed, delivery=delivery)


def _name(function: object) -> str:
    return str(getattr(function, "__name__", "")).replace("_", "-")


_ALL: Final = (
    Fault("ok", "Nothing: an ordinary answer, to stand between two faults.", billed=True),
    _no("429", "Too many requests; Retry-After in seconds.", Kind.RATE_LIMITED, 429, "seconds"),
    _no("429-date", "Too many requests; Retry-After as a date.", Kind.RATE_LIMITED, 429, "date"),
    _no("429-bare", "Too many requests, and no word of when.", Kind.RATE_LIMITED, 429),
    _no("quota", "The account has nothing left.", Kind.QUOTA),
    _no("529", "Overloaded; Anthropic's status.", Kind.OVERLOADED, 529),
    _no("overloaded", "Overloaded, as each provider says it.", Kind.OVERLOADED),
    _no("500", "The server had an error.", Kind.SERVER_ERROR, 500),
    Fault(
        "502",
        "A proxy's page: the provider behind it is gone.",
        billed=False,
        kind=Kind.SERVER_ERROR,
        status=502,
        delivery=delivering.bad_gateway,
    ),
    _no("503", "Unavailable.", Kind.UNAVAILABLE, 503),
    _no("503-later", "Unavailable; Retry-After in seconds.", Kind.UNAVAILABLE, 503, "seconds"),
    _no("not-ready", "The model is still loading.", Kind.NOT_READY),
    _no("model-error", "The model failed.", Kind.MODEL_ERROR),
    _no("model-timeout", "The provider gave up waiting for its model.", Kind.TIMEOUT),
    _no("400", "The request is not valid.", Kind.BAD_REQUEST),
    _no("401", "The key is not valid.", Kind.AUTH),
    _no("403", "The key may not use this model.", Kind.FORBIDDEN),
    _no("404", "There is no such model.", Kind.NOT_FOUND),
    _no("413", "The request is too large.", Kind.TOO_LARGE),
    _no("context", "The context is too long.", Kind.CONTEXT),
    Fault(
        "reset-before",
        "RST before the request is read.",
        billed=False,
        delivery=delivering.reset,
        unread=True,
    ),
    _sends(delivering.reset, "RST after the answer was made, none of it sent.", "reset-after"),
    _sends(delivering.reset_midway, "Half of the body, then RST."),
    _sends(delivering.hang_up, "The connection ends, and nothing was said.", billed=False),
    _sends(delivering.silence, "Accepted, and never answered.", billed=False),
    _sends(delivering.stall, "Half of the body, then nothing."),
    _sends(delivering.drip_head, "A byte at a time from the status line on.", "head-drip"),
    _sends(delivering.drip_body, "Headers at once, the body a byte at a time.", "body-drip"),
    _sends(delivering.drip_chunks, "Likewise, in chunks of one byte.", "chunk-drip"),
    _sends(delivering.truncated, "Content-Length says more than is sent.", "truncated-body"),
    _sends(delivering.truncated_chunks, "Chunks without the last one."),
    _sends(delivering.broken_envelope, "Half of the JSON, its length told rightly."),
    _sends(delivering.huge, "50 MB of blanks before the answer."),
    _sends(delivering.endless, "Blanks in chunks, for ever."),
    _sends(delivering.wrong_type, "The right answer as application/octet-stream."),
    _sends(delivering.html, "A page of somebody else's as a success.", billed=False),
    Fault(
        "redirect",
        "307 to another place.",
        billed=False,
        status=307,
        delivery=delivering.redirect,
    ),
    _says(rewriting.truncated_json, "The model's own JSON breaks off."),
    _says(rewriting.wrong_schema, "JSON of another shape; a vector too few."),
    _says(rewriting.prose, "The JSON inside words and a fence."),
    _says(rewriting.prose_only, "Words, and no JSON."),
    _says(rewriting.empty, "An empty answer."),
    _says(rewriting.refusal, "The model declines, in the provider's own way."),
    _says(rewriting.length, "Stopped at the limit of length."),
    _says(rewriting.no_usage, "What it cost is not told."),
    _says(rewriting.other_model, "Another model served it."),
    _says(rewriting.hostile, "Texts that give orders and carry markup."),
)

FAULTS: Final[Mapping[str, Fault]] = {fault.name: fault for fault in _ALL}
