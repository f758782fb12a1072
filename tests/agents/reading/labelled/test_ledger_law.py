"""No word is lost: the ledger holds every word of whatever is asked, and each content word goes
somewhere or is said not to be understood."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import ROOT

from maquette.agents.reading.labelled.labelled import items_of
from maquette.agents.reading.labelled.ledger import entries_of
from maquette.agents.reading.labelled.quoting import hide_quoted
from maquette.model_servers.embedding.encoder import model_folder
from maquette.model_servers.reading.reader import Reader
from maquette.records.ledger import Ledger

REQUESTS = ROOT / "training" / "results" / "requests"
WORDS = tuple(
    """
    draw paint a an the red blue two three cat dog house tree above below next to without no and
    poster sign says with words it them both left right corner top big small striped at night in
    meadow please for my birthday make bigger remove add , . ! ? ( ) : - “ ” " ' « » 5 12:30 $5 ☂
    é ß 猫 红 und ein gato 🎈 ½ don't O'Neil 1024x512 #ff0000
    """.split()  # noqa: SIM905
)


JOINTS = (" ", "", "  ", "\n")


@cache
def _reader() -> Reader:
    return Reader(model_folder())


def ledger_of(text: str) -> Ledger:
    """The ledger of a request as the planner makes it."""
    quoted = hide_quoted(text)
    reply = _reader().read(quoted.masked, 0)
    items = items_of(quoted.masked, quoted.strings, reply, reply.language)
    entries = [entry for item in items for entry in entries_of(item, text, quoted.places)]
    return Ledger(entries=tuple(entries), language=reply.language)


def _hand_written() -> list[str]:
    files = ("requests_en.jsonl", "requests_de.jsonl", "requests_zh.jsonl", "routing.jsonl")
    lines = [line for name in files for line in (REQUESTS / name).read_text("utf-8").splitlines()]
    return [json.loads(line)["text"] for line in lines if line.strip()]


def _check(text: str) -> None:
    ledger = ledger_of(text)
    assert not ledger.lost(text), (text, ledger.lost(text))
    for entry in ledger.entries:
        assert text[entry.start : entry.end] == entry.words
    taken = sorted((entry.start, entry.end) for entry in ledger.entries)
    assert all(one[1] <= two[0] for one, two in pairwise(taken)), text


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_no_word_of_300_hand_written_requests_is_lost(part: int) -> None:
    """Every third of nine hundred, in three languages."""
    for text in _hand_written()[part * 3 :: 12]:
        _check(text)


@pytest.mark.slow
@settings(
    max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=9), st.sampled_from([" ", "", "  ", "\n"])
)
def test_no_word_of_2000_generated_requests_is_lost(words: list[str], joint: str) -> None:
    """Words, numbers, signs, quotes that open and close nothing, scripts, in any order."""
    _check(joint.join(words) + " x")


def test_some_words_and_signs() -> None:
    """The same for a few, quickly."""
    for text in ('a "red" circle', "say “HI", "no cats!", "ein Kreis, 猫 y un gato\n\n-- 5½ €"):
        _check(text)
