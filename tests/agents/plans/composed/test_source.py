"""Art or drawn: the table of the choice."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from words_read import read_request

from maquette.agents.plans.composed.casting import cast
from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.plans.composed.source import Choice, choose
from maquette.records.task import Source
from maquette.words.lexicon import Lexicon

OPEN = Lexicon()


@pytest.mark.parametrize(
    ("words", "asked", "chosen"),
    [
        ("a red star", "auto", "both"),
        ("a dragon", "auto", "art"),
        ("a dragon and a star", "auto", "art"),
        ("an old star", "auto", "art"),
        ("a knight", "auto", "drawn"),
        ("a knight", "art", "art"),
        ("a dragon", "drawn", "drawn"),
    ],
)
async def test_the_bundled_generator_draws_what_it_knows(
    gallery: Gallery, drawn: Lexicon, words: str, asked: Source, chosen: str
) -> None:
    """Both where both have every thing; art where the generator lacks one; what was asked for."""
    parts = await cast(read_request(words, 0), gallery)
    choice = choose(asked, parts, drawn)
    assert choice.chosen == chosen
    assert choice.reason


async def test_a_generator_of_ones_own_draws(gallery: Gallery) -> None:
    """Art comes when asked for, or when no generator answers."""
    parts = await cast(read_request("a red star", 0), gallery)
    assert choose("auto", parts, OPEN).chosen == "drawn"
    assert choose("art", parts, OPEN).chosen == "art"
    assert choose("auto", parts, None).chosen == "art"


def test_the_choice_is_told_with_how_likely_the_art_is_meant() -> None:
    """As likely as the least sure thing; a thing that no pack has makes it nothing."""

    def roles(*shares: float | None) -> Any:
        found = [SimpleNamespace(probability=one) if one is not None else None for one in shares]
        each = (SimpleNamespace(found=SimpleNamespace(best=one), ground=False) for one in found)
        return SimpleNamespace(roles=tuple(each))

    assert "why (art is 80% likely" in Choice("art", "why").told(roles(0.95, 0.8))
    assert "why (art is 0% likely" in Choice("drawn", "why").told(roles(0.95, None))
