"""`costs`, `budget` and `provider`: what a person and a script learn and change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from scout_workers.domain.calls import Answer, Estimate, ModelName, Usage
from scout_workers.store import gates, ledger, switches

if TYPE_CHECKING:
    from fix_cli import CommandLine
    from fix_store import Database, Yard


@pytest.fixture
def store_route(store_url: str) -> str:
    """Straight: nothing here is about the way."""
    return store_url


def _paid(yard: Yard, purpose: str, cost: int | None) -> None:
    request = ledger.Request(
        key=str(uuid4()),
        purpose=purpose,
        subject_id=uuid4(),
        organization_id=yard.organization_id,
        camera_id=yard.camera_id,
        provider="openai",
        model="m",
        estimate=Estimate(10, 5),
    )
    with yard.store.transaction() as tx:
        call = ledger.begin(tx, request, "lease")
        ledger.receipt(tx, call, Answer("{}", "m-1", Usage(1000, 50), cost, "a list", 1))


def test_costs_are_added_up_and_what_has_no_price_is_said(cli: CommandLine, yard: Yard) -> None:
    _paid(yard, "describe", 2_500_000)
    _paid(yard, "summarize", None)
    shown = cli.run("costs", "--by", "model")
    assert shown.code == 0, shown.err
    for words in ("Acme", "openai/m-1", "2,000", "$2.50", "a list", "The price of 1 of them"):
        assert words in shown.out

    told = json.loads(cli.run("costs", "--by", "purpose", "--json").out)
    assert [(line["what"], line["cost_microdollars"]) for line in told] == [
        ("describe", 2_500_000),
        ("summarize", 0),
    ]
    nothing = cli.run("costs", "--until", "2020-01-01")
    assert (nothing.code, nothing.out) == (0, "")


def test_a_budget_is_set_shown_and_taken_away(cli: CommandLine, yard: Yard) -> None:
    _paid(yard, "describe", 1_500_000)
    shown = cli.run("budget", "set", "Acme", "--day", "5", "--month", "$100.00")
    assert shown.code == 0, shown.err
    for words in ("day from", "month from", "$5.00", "$1.50", "$3.50", "$98.50"):
        assert words in shown.out
    (day,) = json.loads(
        cli.run("budget", "set", "Acme", "--month", "none").out
        and cli.run("budget", "show", "--json").out
    )
    assert (day["period"], day["left_microdollars"]) == ("day", 3_500_000)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Acme",), "Say which budget"),
        (("Acme", "--day", "much"), "'much' is no amount"),
        (("Acme", "--day", "-1"), "is no budget"),
        (("Nobody", "--day", "1"), "There is no organization 'Nobody' (there are: Acme)"),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(
    cli: CommandLine, yard: Yard, arguments: tuple[str, ...], words: str
) -> None:
    del yard
    shown = cli.run("budget", "set", *arguments)
    assert (shown.code, words in shown.err) == (2, True)


def test_a_provider_is_paused_shown_and_resumed(
    cli: CommandLine, yard: Yard, database: Database
) -> None:
    with yard.store.transaction() as tx:
        gates.close(tx, ModelName("openai", "m"), "overloaded", 60.0)
        switches.pause(tx, switches.provider("openai"), reason="no key", paused_by="the provider")
    assert cli.run("provider", "pause", "local", "--reason", "the audit").code == 0
    shown = cli.run("provider", "status")
    for words in ("closed for", "overloaded", "no key", "the audit", "no limit"):
        assert words in shown.out

    assert "is asked again" in cli.run("provider", "resume", "openai").out
    told = json.loads(cli.run("provider", "status", "--json").out)
    assert {row["name"]: row["paused_reason"] for row in told} == {
        "local": "the audit",
        "openai/m": None,
    } | {row["name"]: None for row in told if row["name"] not in {"local", "openai/m"}}
    assert database.rows("SELECT provider FROM scout.switches") == [("local",)]
    assert cli.run("provider", "pause", "nobody").code == 2
    assert "local: " in cli.run("provider", "probe", "local").out
