from __future__ import annotations

import sys
import traceback
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from scout_workers import settings
from scout_workers.app import App, BrokerAwayError, BrokerClientError, UnknownBrokerError, open_app
from scout_workers.app.brokers import KINDS, dramatiq_pg
from scout_workers.app.urls import shown
from scout_workers.cli.explanations import explain

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "s3cret-canary"  # noqa: S105 - it must not show anywhere
DRAMATIQ = version("dramatiq")


def refused(url: str, kind: type[Exception], database_url: str = "postgresql://h/d") -> str:
    """Open a broker that cannot be had; return what a person is told, which has no secret in it."""
    values = settings.load(database_url=database_url, broker={"url": url}, vector_search=False)
    with pytest.raises(kind) as failed:
        open_app(values, migrate="nowhere" not in url)
    explained = explain(failed.value, values)
    shown_with_verbose = explained.scrub("".join(traceback.format_exception(failed.value)))
    assert SECRET not in explained.sentence
    assert SECRET not in shown_with_verbose
    assert explained.exit_code == 3
    return explained.sentence


def test_a_scheme_nobody_speaks_is_told_with_those_that_are_known() -> None:
    said = refused(f"kafka://scout:{SECRET}@nowhere/1", UnknownBrokerError)
    assert said.startswith("no broker speaks kafka://")
    for scheme in KINDS:
        assert f"{scheme}://" in said


@pytest.mark.parametrize(
    "url",
    [
        f"scout:{SECRET}@nowhere/1",
        f"redis://scout:{SECRET}/with@nowhere:s/1",
        f"redis://scout:pa@ss:{SECRET}@nowhere:port/1",
        f"{SECRET}nowhere",
    ],
)
def test_a_url_that_cannot_be_read_shows_no_piece_of_itself(url: str) -> None:
    assert "SCOUT_BROKER__URL" in refused(url, UnknownBrokerError)


@pytest.mark.parametrize(
    ("scheme", "module", "using", "extra"),
    [
        ("redis", "redis", "dramatiq.brokers.redis", "redis"),
        ("rediss", "redis", "dramatiq.brokers.redis", "redis"),
        ("amqp", "pika", "dramatiq.brokers.rabbitmq", "amqp"),
        ("amqps", "pika", "dramatiq.brokers.rabbitmq", "amqp"),
    ],
)
def test_a_library_that_is_missing_is_named_with_the_extra_that_brings_it(
    scheme: str, module: str, using: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)  # as if it were not installed
    monkeypatch.delitem(sys.modules, using, raising=False)
    said = refused(f"{scheme}://scout:{SECRET}@nowhere/1", BrokerClientError)
    assert f"needs {module}, which is not installed" in said
    assert f"pip install 'scout-workers[{extra}]'" in said


@pytest.mark.skipif(DRAMATIQ.startswith("1."), reason=f"this is dramatiq {DRAMATIQ}")
def test_dramatiq_pg_beside_dramatiq_2_is_told_how_to_have_it() -> None:
    said = refused(f"dramatiq-pg://scout:{SECRET}@nowhere/d", BrokerClientError)
    assert f"needs dramatiq 1.x, and {DRAMATIQ} is installed" in said
    assert "pip install 'scout-workers[dramatiq-pg]'" in said


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_does_not_answer_is_told_before_anything_is_done(
    scheme: str, store_url: str
) -> None:
    said = refused(f"{scheme}://scout:{SECRET}@127.0.0.1:1/1", BrokerAwayError, store_url)
    assert f"at {scheme}://127.0.0.1:1 does not answer" in said


def test_the_place_of_a_broker_is_shown_without_its_secrets() -> None:
    assert shown(f"redis://scout:{SECRET}@h:1/2?password={SECRET}") == "redis://h:1"
    assert shown(f"amqp://{SECRET}@h/v") == "amqp://h"


def test_a_dramatiq_pg_url_may_say_where_its_table_is() -> None:
    own = dramatiq_pg.address("dramatiq-pg://u:p%40@h:1/d?schema=s&prefix=p_&maxconn=9", "none")
    assert own == ("postgresql://u:p%40@h:1/d?maxconn=9", "s", "p_")
    assert dramatiq_pg.address("dramatiq-pg://?schema=s", "postgresql://h/d") == (
        "postgresql://h/d",
        "s",
        "",
    )
    with pytest.raises(UnknownBrokerError, match="is no URL"):
        dramatiq_pg.address("dramatiq-pg://", "host=h dbname=d")


@pytest.fixture
def stub_app(store_url: str) -> Iterator[tuple[App, list[str]]]:
    told: list[str] = []
    values = settings.load(database_url=store_url, broker={"url": "stub://"}, vector_search=False)
    with open_app(values, announce=told.append) as app:
        yield app, told


def test_the_stub_broker_says_that_it_forgets(stub_app: tuple[App, list[str]]) -> None:
    app, told = stub_app
    assert told == ["stub:// keeps messages in the memory of this process, and no longer."]
    assert set(app.settings.queues) <= set(app.broker.queues)


def test_no_tables_of_our_broker_are_asked_for_where_it_is_another(
    stub_app: tuple[App, list[str]],
) -> None:
    app, _ = stub_app
    assert {row.schema for row in app.migration_status()} == {"scout"}
