"""Kill switches: an organization, a camera and all of history are paused, shown and resumed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from scout_workers.domain.calls import Estimate, Lane
from scout_workers.store import ledger

if TYPE_CHECKING:
    from fix_cli import CommandLine
    from fix_store import Yard


@pytest.fixture
def store_route(store_url: str) -> str:
    """Straight: nothing here is about the way."""
    return store_url


def _refusal(yard: Yard, lane: Lane = Lane.LIVE) -> str | None:
    """Begin a question of the yard; return why it was deferred."""
    request = ledger.Request(
        key=str(uuid4()),
        purpose="describe",
        subject_id=uuid4(),
        organization_id=yard.organization_id,
        camera_id=yard.camera_id,
        provider="openai",
        model="m",
        estimate=Estimate(),
        lane=lane,
    )
    with yard.store.transaction() as tx:
        refusal = ledger.begin(tx, request, "lease").refusal
    return None if refusal is None else refusal.detail


def _said(cli: CommandLine, *arguments: str) -> str:
    shown = cli.run(*arguments)
    assert shown.code == 0, shown.err
    return shown.out


def test_a_camera_and_its_organization_are_paused_shown_and_resumed(
    cli: CommandLine, yard: Yard
) -> None:
    assert "paused" not in _said(cli, "camera", "list")
    assert _said(cli, "camera", "pause", "yard", "--reason", "wet paint") == "yard is paused.\n"
    assert "was paused already" in _said(cli, "camera", "pause", "yard", "--reason", "fresh paint")
    assert _refusal(yard) == "the camera is paused: fresh paint"
    for shown in (_said(cli, "camera", "list"), _said(cli, "camera", "show", "yard")):
        assert "fresh paint" in shown
    assert "fresh paint" not in _said(cli, "organization", "list")

    assert "Acme is paused" in _said(cli, "organization", "pause", "Acme", "--reason", "no money")
    assert "no money" in (_refusal(yard) or "") + _said(cli, "organization", "show", "Acme")
    (line,) = json.loads(_said(cli, "camera", "list", "--json"))
    assert (line["paused_reason"], line["paused_with_all"]) == ("no money", True)
    (line,) = json.loads(_said(cli, "organization", "list", "--json"))
    assert line["paused_reason"] == "no money"

    told = _said(cli, "camera", "resume", "yard")
    assert "yard is resumed" in told
    assert "It waits for Acme, which is paused" in told
    assert _refusal(yard) == "the organization is paused: no money"
    assert "goes on within about a minute" in _said(cli, "organization", "resume", "Acme")
    assert "was not paused" in _said(cli, "organization", "resume", "Acme")
    assert _refusal(yard) is None


def test_all_work_on_history_is_stopped_and_live_work_goes_on(cli: CommandLine, yard: Yard) -> None:
    assert "is paused" in _said(cli, "backfill", "pause", "--all", "--reason", "the bill")
    assert _refusal(yard, Lane.BACKFILL) == "history is paused: the bill"
    assert _refusal(yard) is None
    assert "the bill. Go on: scout-workers backfill resume --all" in cli.run("backfill", "list").err
    assert "is resumed" in _said(cli, "backfill", "resume", "--all")
    assert _refusal(yard, Lane.BACKFILL) is None
    assert "paused" not in cli.run("backfill", "list").err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("organization", "pause", "Acne"), "There is no organization 'Acne'"),
        (("camera", "resume", "yart"), "no camera 'yart'"),
        (("backfill", "pause"), "or --all for all work on history"),
        (("backfill", "pause", "1234", "--all"), "either an ID or --all"),
        (("backfill", "resume", "--all", "--rate", "5"), "say its ID, not --all"),
    ],
)
def test_what_is_not_there_or_not_meant_is_not_paused(
    cli: CommandLine, yard: Yard, arguments: tuple[str, ...], words: str
) -> None:
    shown = cli.run(*arguments)
    assert (shown.code, words in shown.err) == (2, True), shown.err
    assert _refusal(yard) is None
