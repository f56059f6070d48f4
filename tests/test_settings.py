from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from scout_workers.settings import Row, Settings, SettingsError, describe, load

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
CANARY = "hunter2"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith("SCOUT_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "settings"
    shutil.copytree(ROOT / "settings", copy)
    monkeypatch.setenv("SCOUT_SETTINGS_DIR", str(copy))
    return copy


def mistakes(**explicit: object) -> str:
    with pytest.raises(SettingsError) as caught:
        load(**explicit)
    return str(caught.value)


def rows(settings: Settings) -> Mapping[str, Row]:
    return {row.name: row for row in describe(settings)}


@pytest.mark.parametrize("env", ["development", "test", "production"])
def test_every_environment_that_ships_loads(env: str) -> None:
    assert load(env=env).env == env


def test_development_is_what_nobody_has_to_ask_for() -> None:
    assert load().env == "development"


def test_the_environment_file_wins_over_base_and_base_fills_the_rest(folder: Path) -> None:
    (folder / "test.toml").write_text("[broker]\npoll_interval_ms = 7\n")
    broker = load(env="test").broker
    assert broker.poll_interval_ms == 7
    assert broker.schema_name == "scout_broker"


def test_a_variable_wins_over_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOUT_BROKER__POLL_INTERVAL_MS", "9")
    assert load(env="test").broker.poll_interval_ms == 9


def test_an_explicit_value_wins_over_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOUT_BROKER__POLL_INTERVAL_MS", "9")
    monkeypatch.setenv("SCOUT_BROKER__SIGNAL", "false")
    broker = load(broker={"poll_interval_ms": 3}).broker
    assert (broker.poll_interval_ms, broker.signal) == (3, False)


def test_none_is_an_option_nobody_gave(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SCOUT_DATA_DIR", str(tmp_path))
    assert load(data_dir=None).data_dir == tmp_path


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOUT_DATABASE_URL", "")
    monkeypatch.setenv("DATABASE_URL", "")
    assert load().database_url is None


def test_database_url_stands_in_for_scout_database_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://a/b")
    url = load().database_url
    assert url is not None
    assert url.get_secret_value() == "postgresql://a/b"


def test_scout_database_url_wins_over_database_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://a/theirs")
    monkeypatch.setenv("SCOUT_DATABASE_URL", "postgresql://a/ours")
    settings = load()
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://a/ours"
    assert rows(settings)["database_url"].origin == "SCOUT_DATABASE_URL"


def test_the_data_folder_is_absolute_and_knows_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load(data_dir="~/scout").data_dir == tmp_path / "scout"


def test_settings_cannot_be_changed_once_read() -> None:
    settings = load()
    with pytest.raises(ValidationError, match="frozen"):
        settings.vector_search = False


def test_a_misspelt_key_names_its_file_and_what_was_meant(folder: Path) -> None:
    (folder / "test.toml").write_text("[broker]\npol_interval_ms = 7\n")
    assert mistakes(env="test") == (
        f"{folder}/test.toml: there is no setting broker.pol_interval_ms; "
        "did you mean broker.poll_interval_ms?"
    )


def test_a_misspelt_section_names_its_file(folder: Path) -> None:
    (folder / "base.toml").write_text((folder / "base.toml").read_text() + "[brokr]\nx = 1\n")
    assert f"{folder}/base.toml: there is no setting brokr" in mistakes()


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("SCOUT_DATABSE_URL", "SCOUT_DATABASE_URL"),
        ("SCOUT_BROKER__POLL_INTERVALL_MS", "SCOUT_BROKER__POLL_INTERVAL_MS"),
        ("SCOUT_BROKER_SIGNAL", "SCOUT_BROKER__SIGNAL"),
        ("SCOUT_QUEUES__PROCESING", "SCOUT_QUEUES__PROCESSING"),
    ],
)
def test_a_misspelt_variable_is_refused_and_set_right(
    monkeypatch: pytest.MonkeyPatch, misspelt: str, meant: str
) -> None:
    monkeypatch.setenv(misspelt, "1")
    assert mistakes() == f"{misspelt}: no setting has this variable; did you mean {meant}?"


@pytest.mark.parametrize("name", ["SCOUT_SETTINGS_DIR", "SCOUT_DEBUG"])
def test_variables_that_are_read_before_the_settings_are_no_mistake(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, str(ROOT / "settings"))
    assert load().env == "development"


def test_a_misspelt_argument_is_refused() -> None:
    assert "the caller: there is no setting databse_url" in mistakes(databse_url="x")


def test_two_mistakes_are_two_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOUT_NOPE", "1")
    monkeypatch.setenv("SCOUT_NEITHER", "1")
    assert len(mistakes().splitlines()) == 2


def test_an_environment_without_a_file_names_the_missing_file(folder: Path) -> None:
    assert mistakes(env="prodution") == (
        f"{folder}/prodution.toml: no such file, and SCOUT_ENV asks for it; "
        "did you mean production?"
    )


@pytest.mark.parametrize("env", ["base", "queues", "../secret", "A B"])
def test_a_file_that_is_no_environment_cannot_be_asked_for(env: str) -> None:
    known = "compose, development, production, test"
    assert f"is no environment; there are: {known}" in mistakes(env=env)


@pytest.mark.parametrize("name", ["queues.toml", "schedule.toml"])
def test_a_missing_file_is_an_error_with_its_path(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert mistakes() == f"{folder}/{name}: no such file, and the settings need it; put it there"


def test_a_folder_without_settings_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCOUT_SETTINGS_DIR", str(tmp_path / "nowhere"))
    assert mistakes().startswith(f"SCOUT_SETTINGS_DIR: {tmp_path}/nowhere holds no base.toml")


def test_broken_toml_names_its_file_and_line(folder: Path) -> None:
    (folder / "base.toml").write_text("vector_search = \n")
    assert f"{folder}/base.toml: no valid TOML" in mistakes()
    assert "line 1" in mistakes()


def test_a_file_in_another_encoding_is_refused(folder: Path) -> None:
    (folder / "test.toml").write_bytes("# gr\xfcn\n".encode("latin-1"))
    assert mistakes(env="test").startswith(f"{folder}/test.toml: not UTF-8")


def test_a_setting_without_a_value_names_the_file_it_belongs_in(folder: Path) -> None:
    text = (folder / "base.toml").read_text().replace("signal = true\n", "")
    (folder / "base.toml").write_text(text)
    assert mistakes() == f"{folder}/base.toml: broker.signal is missing; it has no other value"


def test_a_value_of_the_wrong_type_names_its_file(folder: Path) -> None:
    (folder / "test.toml").write_text('[broker]\npoll_interval_ms = "often"\n')
    message = mistakes(env="test")
    assert message.startswith(f"{folder}/test.toml: broker.poll_interval_ms: input should be a")
    assert message.endswith("(it is 'often')")


def test_a_value_of_the_wrong_type_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOUT_POOLS__BROKER_SIZE", "60")
    assert mistakes() == (
        "SCOUT_POOLS__BROKER_SIZE: pools.broker_size: input should be less than or equal to 6 "
        "(it is '60')"
    )


@pytest.mark.parametrize(
    ("section", "values", "complaint"),
    [
        ("deadline", {"attempt_seconds": 200}, "attempt_seconds < limit_seconds < exit_seconds"),
        ("broker", {"max_poll_interval_ms": 1}, "must not be less than poll_interval_ms"),
        ("broker", {"schema_name": "a; DROP TABLE b"}, "broker.schema_name: string should match"),
        ("blobs", {"url": "ftp://x"}, "is none of"),
        ("blobs", {"url": "s3://"}, "is none of"),
        ("blobs", {"url": "file:relative"}, "is none of"),
        ("blobs", {"access_key_id": "a"}, "set both or neither"),
        ("queues", {"processing": 0}, "queues.processing: input should be greater than or equal"),
        ("queues", {"Pro Cessing": 1}, "string should match pattern"),
        ("logging", {"level": "LOUD"}, "input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
    ],
)
def test_values_that_cannot_work_together_are_refused(
    section: str, values: dict[str, object], complaint: str
) -> None:
    assert complaint in mistakes(**{section: values})


def test_a_section_given_as_a_single_value_is_refused(folder: Path) -> None:
    text = (folder / "test.toml").read_text()
    (folder / "test.toml").write_text("models = 3\n" + text)
    assert f"{folder}/test.toml: models:" in mistakes(env="test")


@pytest.mark.parametrize(
    ("text", "name", "variable"),
    [
        ('database_url = "postgresql://a/b"', "database_url", "SCOUT_DATABASE_URL"),
        ('[broker]\nurl = "redis://"', "broker.url", "SCOUT_BROKER__URL"),
        (
            '[blobs]\nsecret_access_key = "k"',
            "blobs.secret_access_key",
            "SCOUT_BLOBS__SECRET_ACCESS_KEY",
        ),
    ],
)
def test_a_secret_in_a_file_is_refused(folder: Path, text: str, name: str, variable: str) -> None:
    (folder / "test.toml").write_text(text)
    assert mistakes(env="test") == (
        f"{folder}/test.toml: {name} is a secret, and secrets come from the environment: "
        f"delete it there and set {variable}"
    )


def test_a_queue_nobody_declared_cannot_be_given_slots(folder: Path) -> None:
    (folder / "test.toml").write_text("[queues]\nprocesing = 3\n")
    assert mistakes(env="test") == (
        f"{folder}/test.toml: queues.toml has no queue procesing; did you mean processing?"
    )


def test_slots_can_be_set_for_one_environment_and_by_a_variable(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "test.toml").write_text("[queues]\nprocessing = 3\n")
    monkeypatch.setenv("SCOUT_QUEUES__DEFAULT", "4")
    queues = load(env="test").queues
    assert (queues["processing"], queues["default"]) == (3, 4)


def schedule(folder: Path, entry: str) -> None:
    (folder / "schedule.toml").write_text(f"[report]\n{entry}\n")


def test_an_entry_of_the_schedule_needs_no_more_than_its_time_and_its_actor(folder: Path) -> None:
    schedule(folder, 'cron = "30  2 * * *"\nactor = "report"')
    entry = load().schedule["report"]
    assert (entry.cron, entry.time_zone, entry.misfire) == ("30 2 * * *", "UTC", "once")
    assert rows(load())["schedule.report"].value == "30 2 * * * UTC: report()"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("crn = 1", "there is no setting schedule.report.crn; did you mean schedule.report.cron?"),
        ('cron = "30 2 * *"', "schedule.report.cron: wrong number of fields; five fields, as in"),
        ('cron = "61 2 * * *"', "schedule.report.cron: bad minute; five fields"),
        ('cron = "0 0 30 2 *"', "schedule.report.cron: "),
        ('time_zone = "Europe/Berlim"', "schedule.report.time_zone: no such time zone"),
        ('time_zone = "../etc/passwd"', "schedule.report.time_zone: no such time zone"),
        ('misfire = "never"', "schedule.report.misfire: input should be 'once', 'skip' or 'all'"),
        ('actor = "A b"', "schedule.report.actor: string should match pattern"),
    ],
)
def test_what_an_entry_of_the_schedule_cannot_say_is_named(
    folder: Path, line: str, told: str
) -> None:
    rest = [
        'cron = "* * * * *"' if not line.startswith("cron ") else "",
        'actor = "report"' if not line.startswith("actor ") else "",
    ]
    schedule(folder, "\n".join([line, *rest]))
    assert f"{folder}/schedule.toml: {told}" in mistakes()


def test_an_entry_without_an_actor_is_told_so_where_it_stands(folder: Path) -> None:
    schedule(folder, 'cron = "* * * * *"')
    assert mistakes().startswith(f"{folder}/schedule.toml: schedule.report.actor is missing")


def test_an_entry_of_the_schedule_can_be_changed_by_variables(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule(folder, 'cron = "* * * * *"\nactor = "report"')
    monkeypatch.setenv("SCOUT_SCHEDULE__REPORT__ENABLED", "false")
    monkeypatch.setenv("SCOUT_SCHEDULE__REPORT__CRON", "5 4 * * *")
    entry = load().schedule["report"]
    assert not entry.enabled
    assert entry.cron == "5 4 * * *"
    monkeypatch.setenv("SCOUT_SCHEDULE__REPORT__ENABELD", "false")
    assert "did you mean SCOUT_SCHEDULE__REPORT__ENABLED?" in mistakes()


def test_a_target_of_events_can_come_from_variables_alone_and_shows_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCOUT_EVENTS__TARGETS__CRM__KIND", "webhook")
    monkeypatch.setenv("SCOUT_EVENTS__TARGETS__CRM__URL", f"https://crm.example/{CANARY}")
    monkeypatch.setenv("SCOUT_EVENTS__TARGETS__CRM__SECRET", CANARY)
    monkeypatch.setenv("SCOUT_EVENTS__TARGETS__CRM__KINDS", '["analysis.*"]')
    settings = load()
    assert settings.events.targets["crm"].kinds == ("analysis.*",)
    assert rows(settings)["events.targets.crm"].value == "webhook crm.example"
    assert CANARY not in f"{settings!r} {settings} {describe(settings)} {settings.model_dump()}"


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("kind = 'webhook'\nsecret = 'x'", "events.targets.crm.secret is a secret, and secrets"),
        ("kind = 'webhook'", "events.targets.crm: a webhook needs url and secret"),
        ("kind = 'sns'", "events.targets.crm: an SNS target needs topic_arn"),
        ("kind = 'fax'", "events.targets.crm.kind: input should be 'webhook' or 'sns'"),
        ("knd = 'sns'", "no setting events.targets.crm.knd; did you mean events.targets.crm.kind?"),
    ],
)
def test_what_a_target_of_events_cannot_say_is_named(folder: Path, target: str, told: str) -> None:
    (folder / "test.toml").write_text(f"[events.targets.crm]\n{target}\n")
    assert told in mistakes(env="test")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://crm.example/", "url is http://: say insecure = true"),
        ("ftp://crm.example/", "url must be https://host/path"),
        (f"https://me:{CANARY}@crm.example/", "url must be https://host/path"),
    ],
)
def test_a_webhooks_address_is_refused_without_being_repeated(url: str, told: str) -> None:
    target = {"kind": "webhook", "url": url, "secret": CANARY}
    message = mistakes(events={"targets": {"crm": target}})
    assert told in message
    assert CANARY not in message


def test_a_secret_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOUT_DATABASE_URL", f"postgresql://scout:{CANARY}@db/scout")
    settings = load(blobs={"access_key_id": CANARY, "secret_access_key": CANARY})
    shown = f"{settings!r} {settings} {describe(settings)} {settings.model_dump()}"
    assert CANARY not in shown
    assert rows(settings)["database_url"].value == "**********"


def test_a_refused_secret_is_not_shown_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"mysql://scout:{CANARY}@db/scout")
    message = mistakes()
    assert message.startswith("DATABASE_URL: database_url: must begin with postgresql://")
    assert CANARY not in message
    with pytest.raises(SettingsError) as caught:
        load()
    assert CANARY not in str(caught.value.__cause__)


def test_every_row_says_what_holds_and_where_it_came_from(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "test.toml").write_text("[logging]\nlevel = 'ERROR'\n")
    monkeypatch.setenv("SCOUT_ENV", "test")
    monkeypatch.setenv("SCOUT_QUEUES__DEFAULT", "4")
    table = rows(load(worker={"processes": 2}))
    assert (table["env"].value, table["env"].origin) == ("test", "SCOUT_ENV")
    assert table["queues.default"].origin == "SCOUT_QUEUES__DEFAULT"
    assert table["queues.processing"].origin == f"{folder}/queues.toml"
    assert table["worker.processes"].origin == "the caller"
    assert table["logging.level"].origin == f"{folder}/test.toml"
    assert table["broker.signal"].value == "true"
    assert (table["blobs.region"].value, table["blobs.region"].origin) == ("", "default")


def test_every_setting_says_what_it_is_for() -> None:
    assert [row.name for row in describe(load()) if not row.description] == []


@pytest.mark.parametrize(
    ("url", "folder", "bucket", "prefix"),
    [
        ("file:", "/data/blobs", None, ""),
        ("file:/a/b%20c", "/a/b c", None, ""),
        ("file:///a/b", "/a/b", None, ""),
        ("s3://pictures", None, "pictures", ""),
        ("s3://pictures/yard/2026/", None, "pictures", "yard/2026"),
    ],
)
def test_a_blob_url_says_which_folder_or_bucket(
    url: str, folder: str | None, bucket: str | None, prefix: str
) -> None:
    blobs = load(blobs={"url": url}).blobs
    assert (blobs.bucket, blobs.prefix) == (bucket, prefix)
    if folder:
        assert blobs.folder(Path("/data")) == Path(folder)
