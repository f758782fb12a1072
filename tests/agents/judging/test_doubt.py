"""When words of a model are believed."""

from __future__ import annotations

import pytest

from maquette.agents.judging.doubt import SURE, SURE_OF_CAPTION, belief_in


@pytest.mark.parametrize("tool", ["answer", "describe"])
def test_words_are_doubted_below_their_line(tool: str) -> None:
    """From the line on a model's words are believed; below it, or where the guard knows no such
    picture, a sentence says why not."""
    line = SURE_OF_CAPTION if tool == "describe" else SURE
    known = {"text": "two", "in_world": True, "warning": ""}
    assert belief_in(tool, {**known, "probability": line}).doubt == ""
    low = belief_in(tool, {**known, "probability": line - 0.01})
    assert f"{line - 0.01:.2f}" in low.doubt and low.probability == line - 0.01
    strange = {"text": "a sun", "in_world": False, "warning": "no such pictures are known"}
    assert belief_in(tool, {**strange, "probability": 1.0}).doubt == strange["warning"]


def test_what_no_model_said_is_not_doubted() -> None:
    """A size, a mask, a page that was read tell nothing of the kind."""
    assert belief_in("read_text", {"text": "HELLO", "lines": []}) is None
    assert belief_in("answer", {"text": "x", "probability": None, "in_world": None}).doubt == ""
