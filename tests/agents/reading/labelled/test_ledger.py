"""The ledger has every word of a request, once."""

from __future__ import annotations

import re

from hand_labelled import labelled
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.reading.labelled.labelled import Labelled, Piece
from maquette.agents.reading.labelled.ledger import PARTS, entries_of
from maquette.agents.reading.labelled.quoting import hide_quoted
from maquette.model_servers.reading.labels import LABELS


def test_every_label_goes_somewhere() -> None:
    """The reader has no label that the ledger does not know."""
    assert set(PARTS) == set(LABELS)


def test_a_quoted_string_is_one_entry_with_its_marks() -> None:
    """Places are those of the person's own text; a word without a label is not understood."""
    text = 'a sign "OPEN NOW" blorp'
    item = labelled(text, ("carrier", "sign"), ("words", '"..."'))
    entries = entries_of(item, text, dict(enumerate(hide_quoted(text).places)))
    told = [(one.words, one.part) for one in entries]
    assert told == [
        ("a", "context"),
        ("sign", "argument"),
        ('"OPEN NOW"', "wording"),
        ("blorp", "not_understood"),
    ]
    assert all(text[one.start : one.end] == one.words for one in entries)


@given(st.data())
def test_each_word_stands_in_it_once(data: st.DataObject) -> None:
    """Whatever is labelled and however."""
    words = data.draw(st.lists(st.sampled_from(["star", "red", "the", "zyx"]), min_size=1))
    text = " ".join(words)
    starts = [match.span() for match in re.finditer(r"\w+", text)]
    chosen = sorted(data.draw(st.sets(st.sampled_from(range(len(starts))))))
    pieces = [
        Piece(data.draw(st.sampled_from(LABELS)), text[a:b], a, b, 0.9)
        for a, b in (starts[k] for k in chosen)
    ]
    item = Labelled(text, (), tuple(pieces), {"image": 1.0})
    entries = entries_of(item, text, {k: (k, k + 1) for k in range(len(text))})
    assert [(one.start, one.end) for one in entries] == starts
