"""`scout-workers embeddings`: a model is listed, built, switched to and retired by command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fix_cli import CommandLine, MakeCommandLine

LOCAL = "local/lexical-hash-v1"


@pytest.fixture
def with_vectors(make_cli: MakeCommandLine, vector_url: str) -> CommandLine:
    return make_cli(vector_url).given(SCOUT_VECTOR_SEARCH="true")


def test_models_are_listed_and_the_active_one_is_complete(with_vectors: CommandLine) -> None:
    listed = with_vectors.run("embeddings", "list", "--json")
    assert listed.code == 0, listed.err
    (line,) = json.loads(listed.out)
    assert (line["model"]["state"], line["vectors"], line["waiting"]) == ("active", 0, 0)
    built = with_vectors.run("embeddings", "build", LOCAL)
    assert (built.code, "has embedded everything" in built.out) == (0, True)
    retired = with_vectors.run("embeddings", "retire", LOCAL)
    assert (retired.code, "switch to another one first" in retired.err) == (2, True)


def test_what_is_no_model_and_where_there_are_no_vectors_is_said(
    with_vectors: CommandLine, cli: CommandLine
) -> None:
    wrong = with_vectors.run("embeddings", "switch", "lexical-hash-v1")
    assert (wrong.code, "write provider/model" in wrong.err) == (2, True)
    unknown = with_vectors.run("embeddings", "build", "openai/text-embedding-3-small")
    assert unknown.code == 3
    assert "'openai', which is not set up here" in unknown.err
    without = cli.run("embeddings", "list")
    assert (without.code, "There are no vectors here" in without.err) == (2, True)
