"""Annotated requests: what a line says, and that a malformed one is told."""

from __future__ import annotations

import pytest

from maquette.training.reading.markup import Example, Malformed, parse


def arcs(example: Example) -> dict[str, list[str]]:
    """The words that each span belongs to."""
    said = [example.text[one.start : one.end] for one in example.spans]
    heads = [[said[head] for head in one.heads] for one in example.spans]
    return dict(zip(said, heads, strict=True))


def test_a_line_gives_its_text_and_its_arcs() -> None:
    """Marks go, words stay; heads may come before what they name."""
    found = parse("image\t0\ta {colour>k:red} {thing#k:kite} {rel>k,h:above} the {thing#h:hill}")
    assert found.text == "a red kite above the hill"
    assert arcs(found) == {"red": ["kite"], "kite": [], "above": ["kite", "hill"], "hill": []}


def test_properties_of_one_of_several_belong_to_the_words_that_pick_it() -> None:
    """And where no words pick a part, to the thing."""
    line = "image\t0\t{thing#g:gloves}, the {ref>g&1:left} {colour>g&1:red}, {pattern>g&2:striped}"
    found = arcs(parse(line))
    assert (found["left"], found["red"], found["striped"]) == (["gloves"], ["left"], ["gloves"])


def test_items_begin_where_they_are_marked() -> None:
    found = parse("image+image_text\t0\ta {thing:pear} || and a {carrier:sign}")
    assert found.kinds == ("image", "image_text")
    assert [found.text[begin:] for begin in found.begins] == ["a pear and a sign", "and a sign"]


@pytest.mark.parametrize(
    "line",
    [
        "image\ta pear",
        "picture\t0\ta pear",
        "image\t0\ta {fruit:pear}",
        "image\t0\ta {colour>p:green} pear",
        "image\t0\ta {thing:pear",
        "image\t0\ta {thing:pear} || and a {thing:plum}",
    ],
)
def test_what_is_not_annotated_as_told_is_malformed(line: str) -> None:
    with pytest.raises(Malformed):
        parse(line)
