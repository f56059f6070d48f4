"""The real adapters under the real actor, against providers that are imitated: what becomes of a
capture, of its call in the ledger, and of the provider's own account."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

import pytest

from scout_workers.domain.errors import ErrorClass, ScoutError, Verdict
from scout_workers.llm.anthropic import AnthropicProvider
from scout_workers.llm.bedrock import BedrockProvider
from scout_workers.llm.bedrock.client import BedrockOptions
from scout_workers.llm.models import Models
from scout_workers.llm.openai import OpenAIProvider
from scout_workers.llm.prices import Prices
from scout_workers.resources import Resources, provide
from scout_workers.store import Store

if TYPE_CHECKING:
    from fix_deliveries import Deliveries

    from scout_workers.broker import Pool
    from scout_workers.fake_llm import FakeLLM
    from scout_workers.llm.protocol import ModelProvider

WIRES = ("openai", "anthropic", "bedrock")
RETRY_AFTER = 20.0

# By fault: how it is classified (None: it is answered), the ledger's status, whether it was billed.
AT_ONCE: dict[str, tuple[ErrorClass | None, str, bool]] = {
    "ok": (None, "succeeded", True),
    "429": (ErrorClass.RATE_LIMITED, "failed", False),
    "overloaded": (ErrorClass.OVERLOADED, "failed", False),
    "500": (ErrorClass.SERVER_ERROR, "failed", False),
    "502": (ErrorClass.SERVER_ERROR, "failed", False),
    "401": (ErrorClass.AUTH, "failed", False),
    "404": (ErrorClass.BAD_REQUEST, "failed", False),
    "context": (ErrorClass.CONTEXT_TOO_LONG, "failed", False),
    "redirect": (ErrorClass.BAD_REQUEST, "failed", False),
    "reset-after": (ErrorClass.NETWORK, "in_doubt", True),
    "reset-midway": (ErrorClass.NETWORK, "in_doubt", True),
    "truncated-body": (ErrorClass.NETWORK, "in_doubt", True),
    "truncated-chunks": (ErrorClass.NETWORK, "in_doubt", True),
    "broken-envelope": (ErrorClass.NETWORK, "in_doubt", True),
    "huge": (ErrorClass.NETWORK, "in_doubt", True),
    "html": (ErrorClass.NETWORK, "in_doubt", False),
    "prose": (None, "succeeded", True),
    "hostile": (None, "succeeded", True),
}
AT_THE_DEADLINE = ("silence", "stall", "head-drip", "body-drip", "chunk-drip")


class Reach(Protocol):
    """Has the actor ask a provider of this wire, with so many seconds for a call."""

    def __call__(self, wire: str, seconds: float) -> None: ...


@pytest.fixture
def reach(deliveries: Deliveries, store_pool: Pool, fake_llm: FakeLLM) -> Reach:
    def use(wire: str, seconds: float) -> None:
        provider = provider_at(wire, fake_llm.base_url(wire), seconds)
        # The yard's profile calls its provider so.
        models = Models({deliveries.provider.name: provider})
        provide(Resources(Store(store_pool), models, deliveries.blobs))

    return use


def provider_at(wire: str, url: str, seconds: float) -> ModelProvider:
    if wire == "openai":
        return OpenAIProvider(Prices(), api_key="fake", base_url=url, seconds=seconds)
    if wire == "anthropic":
        return AnthropicProvider(Prices(), api_key="fake", base_url=url, seconds=seconds)
    options = BedrockOptions(
        region="us-east-1",
        endpoint_url=url,
        access_key_id="fake",
        secret_access_key="fake",  # noqa: S106 - for a server that does not look
    )
    return BedrockProvider(Prices(), options, seconds=seconds)


OPEN = "WITH gates AS (DELETE FROM scout.provider_gates) DELETE FROM scout.switches"


@pytest.mark.parametrize("wire", WIRES)
def test_every_fault_is_classified_and_what_was_billed_is_admitted(
    deliveries: Deliveries, fake_llm: FakeLLM, reach: Reach, wire: str
) -> None:
    reach(wire, 30.0)
    for number, (fault, (error_class, status, billed)) in enumerate(AT_ONCE.items(), 1):
        deliveries.database.rows(OPEN)  # each fault for itself: some close the model's gate
        fake_llm.till.clear()
        fake_llm.plays(f"{fault}:retry_after={RETRY_AFTER:g},size=6000000")
        capture = deliveries.capture(number)

        raised = deliveries.deliver(deliveries.send(capture))

        told = [(e.fault or "ok", e.billed) for e in fake_llm.till.entries]
        assert told == [(fault, billed)]
        assert calls_of(deliveries, capture) == [(status, error_class)], fault
        if error_class is not None and error_class.verdict in {Verdict.DEFER, Verdict.RETRY}:
            assert isinstance(raised, ScoutError), fault
            assert raised.error_class is error_class
        else:
            assert raised is None, fault
        if fault == "429":
            assert isinstance(raised, ScoutError)
            assert raised.retry_after == pytest.approx(RETRY_AFTER, rel=0.1)


@pytest.mark.heavy
@pytest.mark.parametrize("wire", WIRES)
def test_a_provider_that_is_silent_or_drips_is_cut_off_at_the_deadline(
    deliveries: Deliveries, fake_llm: FakeLLM, reach: Reach, wire: str
) -> None:
    reach(wire, 1.5)
    for number, fault in enumerate(AT_THE_DEADLINE, 1):
        fake_llm.plays(fault)
        capture = deliveries.capture(number)
        row = deliveries.send(capture)
        began = time.monotonic()

        raised = deliveries.deliver(row)

        assert isinstance(raised, ScoutError), fault
        assert raised.error_class is ErrorClass.TIMEOUT
        # 0.5 s is the bar of the benchmark; a busy machine may be later, a drip would be minutes.
        assert time.monotonic() - began < 10
        assert calls_of(deliveries, capture) == [("in_doubt", ErrorClass.TIMEOUT)], fault


def calls_of(deliveries: Deliveries, capture: object) -> list[tuple[object, ...]]:
    return deliveries.database.rows(
        "SELECT c.status, c.error_class FROM scout.llm_calls c "
        "JOIN scout.analyses a ON a.id = c.subject_id WHERE a.capture_id = %s "
        "ORDER BY c.started_at",
        capture,
    )
