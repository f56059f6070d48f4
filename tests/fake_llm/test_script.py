from __future__ import annotations

import pytest

from scout_workers.fake_llm import FAULTS, Latency, Limit, Script, ScriptError
from scout_workers.fake_llm.question import Operation
from scout_workers.fake_llm.reading import script_of, steps_of


def fates(script: Script, count: int, wire: str = "openai", body: bytes = b"") -> list[str]:
    steps = [script.next(wire, Operation.CHAT, ("gpt", body)) for _ in range(count)]
    return ["-" if step is None else step.fault.name for step in steps]


def test_steps_are_played_in_order_and_then_all_is_well() -> None:
    script = Script()
    script.play(steps_of(["429*2", "ok*1", "silence*1"]))

    assert fates(script, 5) == ["429", "429", "ok", "silence", "-"]


def test_a_fault_without_a_number_is_for_every_request() -> None:
    script = Script()
    script.play(steps_of(["529"]))

    assert fates(script, 3) == ["529"] * 3


def test_chances_fall_alike_for_one_seed_and_otherwise_for_another() -> None:
    script = Script()
    script.play(steps_of(["429@0.2", "500@0.1"]), seed=1)
    first = fates(script, 500)
    script.play(steps_of(["429@0.2", "500@0.1"]), seed=1)

    assert fates(script, 500) == first
    assert 60 < first.count("429") < 140
    assert 25 < first.count("500") < 80
    script.play(steps_of(["429@0.2", "500@0.1"]), seed=2)
    assert fates(script, 500) != first


def test_a_step_meets_only_the_requests_it_is_for() -> None:
    script = Script()
    script.play(steps_of(["429:wire=bedrock", "400:contains=poison", "404:model=gpt-9"]))

    assert fates(script, 1, "bedrock") == ["429"]
    assert fates(script, 1) == ["-"]
    assert fates(script, 1, body=b"a poison text") == ["400"]
    assert script.next("openai", Operation.MODELS, ("", b"")) is None


def test_what_strikes_before_the_body_is_decided_without_it() -> None:
    script = Script()
    script.play(steps_of(["reset-before*1", "429*1"]))

    early = script.next("openai", Operation.CHAT)
    assert early is not None
    assert early.fault.name == "reset-before"
    assert script.next("openai", Operation.CHAT) is None  # the 429 waits for the body
    assert fates(script, 2) == ["429", "-"]


@pytest.mark.parametrize(
    "text",
    [
        '{"seed": 3, "steps": [{"fault": "429", "times": 2, "retry_after": 5}]}',
        'seed = 3\n[[steps]]\nfault = "429"\ntimes = 2\nretry_after = 5\n',
    ],
)
def test_a_script_may_be_json_or_toml(text: str) -> None:
    steps, seed = script_of(text)

    assert seed == 3
    assert [(step.fault.name, step.times, step.retry_after) for step in steps] == [("429", 2, 5.0)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "neither JSON nor TOML"),
        ('{"stepps": []}', "not 'stepps'"),
        ('{"steps": [{"fault": "silnce"}]}', "did you mean 'silence'"),
        ('{"steps": [{"fault": "429", "retry_aftr": 1}]}', "did you mean 'retry_after'"),
        ('{"steps": [{"fault": "429", "times": "many"}]}', "times must be of type int"),
        ('{"chances": [{"fault": "429", "share": 2}]}', "from 0 to 1"),
    ],
)
def test_a_wrong_script_is_a_sentence_that_says_what_was_meant(text: str, said: str) -> None:
    with pytest.raises(ScriptError, match=said):
        script_of(text)


def test_latency_is_the_same_for_the_same_request_and_as_wide_as_told() -> None:
    evenly, tailed = Latency.of("0.2-0.6"), Latency.of("5/20")

    drawn = [evenly.seconds(number, 0) for number in range(200)]
    assert drawn == [evenly.seconds(number, 0) for number in range(200)]
    assert all(0.2 <= seconds <= 0.6 for seconds in drawn)
    ranked = sorted(tailed.seconds(number, 0) for number in range(1000))
    assert 4 < ranked[500] < 6
    assert 15 < ranked[950] < 27


@pytest.mark.parametrize("text", ["soon", "3-1", "-1", "20/5"])
def test_a_latency_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ScriptError):
        Latency.of(text)


def test_a_limit_admits_so_many_in_any_while_and_tells_when_the_next_will_be() -> None:
    limit = Limit.of("2/minute")

    assert [limit.wait(now) for now in (0.0, 10.0, 20.0)] == [0.0, 0.0, 40.0]
    assert [limit.wait(now) for now in (60.0, 61.0)] == [0.0, 9.0]
    with pytest.raises(ScriptError):
        Limit.of("fast")


def test_every_fault_says_what_it_is() -> None:
    assert all(fault.about.endswith(".") for fault in FAULTS.values())
    assert len({fault.about for fault in FAULTS.values()}) == len(FAULTS)
