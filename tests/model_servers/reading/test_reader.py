"""The bundled reader: the same words have the same bits, and spans lie in the text."""

from __future__ import annotations

import pytest

from maquette.model_servers.embedding.encoder import model_folder
from maquette.model_servers.reading.labels import KINDS, LABELS
from maquette.model_servers.reading.reader import Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(model_folder())


def test_the_same_words_are_read_the_same(reader: Reader) -> None:
    """Whatever was read between."""
    one = reader.read("a red circle above a blue square", 0)
    reader.read("make the boat green", 1)
    two = reader.read("a red circle above a blue square", 0)
    assert one.model_copy(update={"forward_s": 0.0}) == two.model_copy(update={"forward_s": 0.0})


@pytest.mark.parametrize("text", ["a red circle above \ue000", "画一只红色的猫", "?!", " x", ""])
def test_spans_lie_in_the_text_in_order(reader: Reader, text: str) -> None:
    """Known labels and kinds; arcs go to spans that there are; the first item begins the text."""
    reply = reader.read(text, 1)
    edges = [edge for span in reply.spans for edge in (span.start, span.end)]
    assert edges == sorted(edges) and all(0 <= edge <= len(text) for edge in edges)
    for span in reply.spans:
        assert span.label in LABELS
        assert set(span.heads + span.objects) <= set(range(len(reply.spans)))
    for item in reply.items:
        assert set(item.kinds) == set(KINDS)
        assert sum(item.kinds.values()) == pytest.approx(1, abs=1e-3)
    assert bool(reply.items) == bool(text.strip())


def test_a_long_request_is_read_as_far_as_it_goes(reader: Reader) -> None:
    """And it is told how far."""
    text = "a red star " * 400
    assert 0 < reader.read(text, 0).read_to < len(text)
