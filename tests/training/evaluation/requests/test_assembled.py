"""Labels by hand stand in for the reader's: the same places, also behind quoted strings."""

from __future__ import annotations

from pathlib import Path

import pytest

from maquette.agents.reading.labelled.quoting import hide_quoted
from maquette.model_servers.schemas.reading import ReadRequest
from maquette.records.errors import InvalidInput
from maquette.training.evaluation.requests.assembled import read_labels
from maquette.training.evaluation.requests.gold import examples
from maquette.training.evaluation.requests.measure import FOLDER
from maquette.training.reading.markup import read_file

LINE = (
    'image_text+image\t0\ta {carrier:sign} "{words#w:KEEP OUT}" {colour>w:red} || '
    "{pol:and} a {thing#c:cat} {rel>c,m:on} a {thing#m:mat}\n"
)


def test_spans_keep_their_words_and_arcs(tmp_path: Path) -> None:
    """A string in quotes is one character there; a relation's object is no head."""
    file = tmp_path / "one.tsv"
    file.write_text(LINE, encoding="utf-8")
    masked = hide_quoted('a sign "KEEP OUT" red and a cat on a mat').masked
    reply = read_labels(file)(ReadRequest(text=masked))
    words = [masked[span.start : span.end] for span in reply.spans]
    assert words == ["sign", chr(0xE000), "red", "and", "cat", "on", "mat"]
    assert (reply.spans[2].heads, reply.spans[5].heads, reply.spans[5].objects) == (
        (1,),
        (4,),
        (6,),
    )
    assert [masked[item.start :].split()[0] for item in reply.items] == ["a", "and"]


def test_an_unknown_request_is_refused(tmp_path: Path) -> None:
    """No labels are made up."""
    file = tmp_path / "one.tsv"
    file.write_text(LINE, encoding="utf-8")
    with pytest.raises(InvalidInput, match="no labels"):
        read_labels(file)(ReadRequest(text="something else"))


def test_the_requests_for_development_are_those_of_their_labels() -> None:
    """One of each, in the same order."""
    annotated, faults = read_file(FOLDER / "development.tsv")
    asked = examples(FOLDER / "development.jsonl")
    assert not faults and len(asked) == 160
    assert [one.text for one in annotated] == [one.text for one in asked]
    assert [one.attached for one in annotated] == [one.attached for one in asked]
