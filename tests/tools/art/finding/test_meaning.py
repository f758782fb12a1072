"""Names near in meaning: stored vectors serve their own space only, others are made."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from safetensors import safe_open

from maquette.tools.art.contract import ThingCard
from maquette.tools.art.finding.chances import headed, meaning
from maquette.tools.art.finding.finder import Finder
from maquette.tools.art.finding.meaning import FILE, Meanings, vectors

CARDS = {
    "fake:1": ThingCard("fake:1", {"en": ("teapot",)}, {"en": ("brew", "pottery")}),
    "fake:2": ThingCard("fake:2", {"en": ("birthday cake",)}, {"en": ("brew",)}),
    "fake:3": ThingCard("fake:3", {"en": ("information",)}, kind="symbol", group="alphanum"),
}
WIDTH = 32


class Space:
    """Vectors by the letters of a text, and which texts were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, texts: tuple[str, ...]) -> list[list[float]]:
        self.asked += texts
        return [_letters(text) for text in texts]


def _letters(text: str) -> list[float]:
    counts = np.zeros(WIDTH)
    for letter in text:
        counts[int(hashlib.sha256(letter.encode()).hexdigest(), 16) % WIDTH] += 1
    return list(counts / max(1e-9, float(np.linalg.norm(counts))))


async def test_names_of_another_space_are_embedded_once() -> None:
    """Stored vectors of another width are not used; nothing is embedded twice but the phrase."""
    space = Space()
    meanings = Meanings(CARDS, space)
    near = await meanings.cosines("teapots")
    await meanings.cosines("cakes")
    assert near[0][0] == "fake:1"
    assert space.asked == ["teapots", "teapot", "birthday cake", "cakes"]


async def test_stored_vectors_are_left_where_another_model_has_their_width() -> None:
    """A probe tells that the space is another: names that are stored are made anew."""
    asked: list[str] = []
    width = len(next(iter(vectors().values())))

    async def embed(texts: tuple[str, ...]) -> list[list[float]]:
        asked.extend(texts)
        return [_letters(text) + [0.0] * (width - WIDTH) for text in texts]

    assert "teapot" in vectors()
    near = await Meanings(CARDS, embed).cosines("teapots")
    assert near[0][0] == "fake:1"
    assert {"teapot", "birthday cake"} <= set(asked)


async def test_only_things_are_near_in_meaning() -> None:
    """Symbols are found when they are meant, never because they are alike."""
    near = await Meanings(CARDS, Space()).cosines("information desk")
    assert {id for id, _ in near} == {"fake:1", "fake:2"}


def test_a_keyword_of_one_thing_counts_more_than_one_of_many() -> None:
    """A keyword that two things share says half as much."""
    meanings = Meanings(CARDS, Space())
    assert meanings.keyword("fake:1", "pottery") == 1.0
    assert meanings.keyword("fake:1", "brew") == 0.5
    assert meanings.keyword("fake:2", "pottery") == 0.0


async def test_a_keyword_near_in_meaning_is_found_and_not_without_keywords() -> None:
    """A word of its own that is spelt like the name stands above the line; without, it does not."""
    teapot = ThingCard("fake:1", {"en": ("teapot",)}, {"en": ("tepat",)})
    cards = {"fake:1": teapot, "fake:2": CARDS["fake:2"]}
    with_them = await Finder(cards, Space()).find("tepat", language="en")
    without = await Finder(cards, Space(), keywords=False).find("tepat", language="en")
    assert (with_them.state, with_them.best and with_them.best.by) == ("found", "keyword")
    assert without.state == "none"
    assert without.nearest[0] == "teapot"


def test_chances_grow_with_what_speaks_for_them() -> None:
    """Nearer in meaning, or a keyword of its own, is likelier; a chance it stays."""
    assert 0 < meaning(-1, 0) < meaning(0.5, 0) < meaning(0.5, 1) < meaning(1, 1) < 1
    assert 0 < headed(0.2) < headed(0.8) < 1


def test_stored_vectors_are_of_length_one_and_small() -> None:
    """Rounding to eight bits moves no length by more than a hundredth, in under 700 kB."""
    rows = np.asarray(list(vectors().values()))
    assert np.abs(np.linalg.norm(rows, axis=1) - 1).max() < 0.01
    assert FILE.stat().st_size < 700_000
    with safe_open(str(FILE), framework="numpy") as file:
        assert file.get_tensor("vectors").dtype == np.int8


@pytest.mark.slow
async def test_stored_vectors_are_those_of_the_embedding_role() -> None:
    """Made anew by the model, three of them are the same within rounding."""
    from maquette.model_servers.embedding.encoder import Encoder, model_folder

    encoder = Encoder(model_folder())
    for name in ("dragon", "birthday cake", "light bulb"):
        assert float(np.dot(encoder.encode(name), vectors()[name])) > 0.995


async def test_where_there_are_no_things_nothing_is_near() -> None:
    """An empty set of cards answers, too."""
    found = await Finder({}, Space()).find("teapot", language="en")
    assert (found.state, found.matches, found.nearest) == ("none", (), ())
