from __future__ import annotations

import json
import signal
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import urllib3
from fix_fake_llm import until
from wire_questions import OPENAI, VERSION

from scout_workers.fake_llm import Latency, Limit, Options, serving

if TYPE_CHECKING:
    from pathlib import Path

    from fix_cli import CommandLine
    from fix_fake_llm import Asks, Starts

    from scout_workers.fake_llm import FakeLLM


def test_the_command_says_where_it_is_and_is_steered_while_it_runs(
    fake_llm_process: Starts, ask: Asks, tmp_path: Path
) -> None:
    till = tmp_path / "till.jsonl"
    root = fake_llm_process("--fault", "429*1", "--till", str(till))
    url = f"{root}/v1/chat/completions"

    first = ask(url, OPENAI).status, ask(url, OPENAI).status
    script = ask(f"{root}/_script", {"steps": [{"fault": "500", "times": 0}]}).body
    then = ask(url, OPENAI).status
    ask(f"{root}/_script", method="DELETE")

    assert first == (429, 200)
    assert script["steps"] == [{"fault": "500", "times": 0, "left": "for ever"}]
    assert (then, ask(url, OPENAI).status) == (500, 200)
    assert ask(f"{root}/_till", method="GET").body["billed"] == 2
    assert ask(f"{root}/_till", method="GET").body["billed_again"] == 1
    lines = [json.loads(line) for line in till.read_text().splitlines()]
    assert [line["status"] for line in lines] == [429, 200, 500, 200]
    assert "yard" not in till.read_text()  # no word of what was asked


def test_a_script_from_outside_that_is_wrong_is_answered_with_a_sentence(
    fake_llm: FakeLLM, ask: Asks
) -> None:
    answered = ask(f"{fake_llm.root}/_script", {"steps": [{"fault": "429s"}]})

    assert answered.status == 400
    assert "did you mean '429'" in answered.body["error"]
    assert "GET /_till" in ask(f"{fake_llm.root}/_tilt", method="GET").body["error"]


def test_hundreds_of_slow_calls_are_answered_side_by_side(ask: Asks) -> None:
    with (
        serving(Options(latency=Latency.of("0.5"))) as fake,
        ThreadPoolExecutor(200, thread_name_prefix="caller") as callers,
    ):
        url = f"{fake.base_url('openai')}/chat/completions"
        began = time.monotonic()
        statuses = list(callers.map(lambda _: ask(url, OPENAI).status, range(200)))

        assert statuses == [200] * 200
        # One after the other they would take 100 seconds.
        assert time.monotonic() - began < 50
        assert len(fake.till.billed) == 200


def test_above_its_limit_it_says_when_to_come_again(ask: Asks) -> None:
    with serving(Options(limit=Limit.of("3/hour"))) as fake:
        url = f"{fake.base_url('openai')}/chat/completions"
        answered = [ask(url, OPENAI) for _ in range(5)]

    assert [each.status for each in answered] == [200, 200, 200, 429, 429]
    assert 3500 < int(answered[3].headers["retry-after"]) <= 3600
    assert fake.till.sums()["by_outcome"] == {"answered": 3, "limited": 2}


def test_with_a_key_only_that_key_is_let_in(ask: Asks) -> None:
    with serving(Options(key="right")) as fake:
        url = f"{fake.base_url('openai')}/chat/completions"
        messages = f"{fake.root}/v1/messages"

        assert ask(url, OPENAI, authorization="Bearer right").status == 200
        assert ask(url, OPENAI, authorization="Bearer wrong").status == 401
        assert ask(messages, {}, x_api_key="wrong", **VERSION).status == 401


def test_https_is_spoken_with_a_certificate(certificate: Path) -> None:
    trusts = ssl.create_default_context(cafile=str(certificate))
    with serving(Options(certificate=certificate)) as fake:
        assert fake.root.startswith("https://")
        with urllib3.PoolManager(ssl_context=trusts, retries=False) as pool:
            answered = pool.request("GET", f"{fake.root}/_faults")

        assert answered.status == 200


def test_a_wrong_option_is_a_sentence_and_a_port_taken_another_exit_code(
    cli: CommandLine, fake_llm: FakeLLM
) -> None:
    wrong = cli.run("fake-llm", "--fault", "silnce")
    taken = cli.run("fake-llm", "--port", fake_llm.root.rsplit(":", 1)[1])

    assert (wrong.code, taken.code) == (2, 3)
    assert "did you mean 'silence'" in wrong.err
    assert "cannot listen on 127.0.0.1" in taken.err


def test_every_fault_is_listed_for_people_and_for_programs(cli: CommandLine) -> None:
    listed = cli.run("fake-llm", "--list-faults").out

    assert "50 MB of blanks" in listed
    assert {"name": "silence", "about": "Accepted, and never answered.", "billed": False} in (
        json.loads(cli.run("fake-llm", "--list-faults", "--json").out)
    )


def test_ctrl_c_ends_it_though_somebody_waits_for_an_answer(ask: Asks) -> None:
    command = [sys.executable, "-m", "scout_workers", "fake-llm", "--port", "0"]
    command += ["--fault", "silence"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
        ThreadPoolExecutor(1, thread_name_prefix="caller") as caller,
    ):
        assert process.stdout is not None
        root = process.stdout.readline().split("listens on ")[1].split(";")[0]
        asked = caller.submit(ask, f"{root}/v1/chat/completions", OPENAI)
        until(lambda: ask(f"{root}/_till", method="GET").body["requests"] == 1)

        process.send_signal(signal.SIGINT)

        assert process.wait(20) == 0
        assert asked.exception(20) is not None
