"""Ledgers: every word of a request has an entry, and plans without one are told as before."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from maquette.records.ledger import Ledger, LedgerEntry
from maquette.records.plan import Plan

words = st.text("aé日 9_.,\n", min_size=1, max_size=40)


def entry(text: str, start: int, end: int, **more: object) -> LedgerEntry:
    fields = {"part": "criterion"} | more
    return LedgerEntry(words=text[start:end], start=start, end=end, **fields)


@given(words, st.data())
def test_lost_words_are_those_outside_of_all_entries(text: str, data: st.DataObject) -> None:
    """A word is lost exactly if a character of it lies in no entry, by counting characters."""
    places = st.integers(0, len(text) - 1).flatmap(
        lambda start: st.tuples(st.just(start), st.integers(start + 1, len(text)))
    )
    spans = data.draw(st.lists(places, max_size=4))
    ledger = Ledger(entries=tuple(entry(text, *span) for span in spans))
    held = {place for start, end in spans for place in range(start, end)}
    runs = [match.span() for match in re.finditer(r"\w+", text)]
    expected = [run for run in runs if not set(range(*run)) <= held]
    assert list(ledger.lost(text)) == expected


@given(words)
def test_merging_loses_no_word(text: str) -> None:
    """Neighbours of one way become one entry, as sure as the least sure, over the same words."""
    runs = [match.span() for match in re.finditer(r"\w+", text)]
    chances = [1 - 0.1 * (place % 3) for place in range(len(runs))]
    found = Ledger(
        entries=tuple(
            entry(text, *run, probability=chance) for run, chance in zip(runs, chances, strict=True)
        )
    ).merged(text)
    assert found.lost(text) == ()
    assert len(found.entries) == min(1, len(runs))
    assert [one.probability for one in found.entries] == ([min(chances)] if chances else [])


def test_an_entry_has_a_place() -> None:
    """An entry of no characters is refused."""
    with pytest.raises(ValidationError, match="not behind"):
        LedgerEntry(words="x", start=3, end=3, part="style")


def test_a_plan_without_a_ledger_is_told_as_before() -> None:
    """Its JSON has no such key, so that stored plans and their digests stay as they are; with
    one it comes back."""
    bare = Plan(nodes=(), outputs=())
    assert "ledger" not in bare.model_dump(mode="json")
    assert "ledger" not in bare.model_dump_json()
    kept = bare.model_copy(update={"ledger": Ledger(entries=(entry("red", 0, 3),), language="en")})
    assert Plan.model_validate_json(kept.model_dump_json()) == kept
