"""What is worth a picture is told apart, on sentences that the weights never saw."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from places import DATA

from maquette.agents.gates.anchors import NULL, VISUAL
from maquette.agents.gates.visualness import WEIGHTS, Signals, VisualGate, judged

SENTENCES = json.loads((DATA / "agents" / "visualness.json").read_text())


def _all(part: str) -> list[str]:
    return [*SENTENCES[part]["visual"], *SENTENCES[part]["other"]]


def test_the_sets_are_apart() -> None:
    """No sentence weighs the gate and measures it, and none is an anchor."""
    anchors = {*NULL, *VISUAL}
    fit, held, hard = ({*_all(part)} for part in ("fit", "held", "hard"))
    assert len(held) == 60 and len(SENTENCES["held"]["visual"]) == 30
    assert not (fit & held or fit & hard or held & hard or anchors & (fit | held | hard))


async def test_a_text_without_words_is_not_worth_a_picture() -> None:
    """Nothing is embedded for it."""

    async def never(texts: tuple[str, ...]) -> Sequence[Sequence[float]]:
        raise AssertionError(texts)

    found = await VisualGate(never, lambda word: True).is_visual(" ... ")
    assert found.probability == 0.0 and found.reasons


def test_each_signal_pulls_its_way() -> None:
    """More that can be seen makes it likelier; more like the NULL set less likely."""
    base = Signals(null=0.2, visual=0.2, nearest=0.0, concrete=0.3, abstract=0.3, placed=0.0)
    middle = judged(base, WEIGHTS).probability
    for name, sign in (
        ("null", -1), ("visual", 1), ("nearest", 1), ("concrete", 1), ("abstract", -1),
    ):  # fmt: skip
        more = judged(replace(base, **{name: getattr(base, name) + 0.2}), WEIGHTS).probability
        assert (more - middle) * sign > 0, name


@pytest.mark.slow
async def test_held_out_sentences_are_told_apart() -> None:
    """Area 0.85 at least, above a count of words that can be seen; also where those mislead."""
    from maquette.model_servers.embedding.encoder import Encoder, model_folder
    from maquette.tools.art.packs.table import all_cards
    from maquette.training.gates.visualness import area, counted, likely, measured

    encoder = Encoder(model_folder())
    names = (name for card in all_cards().values() for name in card.names.get("en", ()))
    nouns = frozenset(name.split()[-1] for name in names if name)

    async def embed(texts: tuple[str, ...]) -> Sequence[Sequence[float]]:
        return [[float(x) for x in encoder.encode(text)] for text in texts]

    gate = VisualGate(embed, nouns.__contains__)
    for part, least in (("held", 0.85), ("hard", 0.65)):
        rows, truth = await measured(gate, SENTENCES[part])
        found = area(likely(rows, WEIGHTS), truth)
        assert found >= least and found > area(counted(SENTENCES[part], nouns.__contains__), truth)
    told = await gate.is_visual("A red boat lies on the beach.")
    assert told.probability > 0.8 and any("red, boat" in reason for reason in told.reasons)
