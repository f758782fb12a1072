"""Nouns that look at what they name: which, at what, and by the model's own attention."""

from __future__ import annotations

import math

import pytest
import torch

from maquette.training.understanding.components import TOY, build_seer, build_tokenizer
from maquette.training.understanding.pointing import HEAD, Nouns, pointing_loss
from maquette.training.understanding.run import talk
from maquette.training.understanding.wordbook import known_words
from maquette.training.vision.patches import IGNORED
from maquette.training.world.colours import COLOURS
from maquette.training.world.things import THINGS

TOKENIZER = build_tokenizer(known_words())
BOAT, STAR = (1 + list(THINGS).index(name) for name in ("boat", "star"))
RED, BLUE = (list(COLOURS).index(name) for name in ("red", "blue"))
ANSWERS = {
    "thing": torch.tensor([[0, BOAT, BOAT, STAR]]),
    "colour": torch.tensor([[IGNORED, RED, BLUE, RED]]),
}
"""Patches: nothing, a red boat, a blue boat, a red star."""


def ids(text: str) -> torch.Tensor:
    return torch.tensor([TOKENIZER.encode(text, add_special_tokens=False)])


@pytest.mark.parametrize(
    ("text", "patches"),
    [
        ("is the red boat there?", [[False, True, False, False]]),
        ("how many boats?", [[False, True, True, False]]),
        ("a blue boat and a star", [[False, False, True, False], [False, False, False, True]]),
        ("what colour is the house?", []),
        ("is there a blue star?", []),
    ],
)
def test_a_noun_is_to_look_at_what_it_names(text: str, patches: list[list[bool]]) -> None:
    """With its colour if one is said just before; what is absent is looked for nowhere."""
    tokens = ids(text)
    where, right = Nouns(TOKENIZER.get_vocab()).targets(
        tokens, ANSWERS, torch.ones_like(tokens, dtype=torch.bool)
    )
    assert right.tolist() == patches and int(where.sum()) == len(patches)


def test_who_does_not_see_the_picture_looks_at_nothing() -> None:
    """A question that is asked blind has no nouns that count."""
    tokens = ids("is the red boat there?")
    blind = torch.zeros_like(tokens, dtype=torch.bool)
    where, right = Nouns(TOKENIZER.get_vocab()).targets(tokens, ANSWERS, blind)
    assert not where.any() and right.shape == (0, 4)


def test_the_loss_is_what_attention_misses() -> None:
    """A quarter and a half of the attention on the right patches: the mean of log 4 and log 2."""
    looked = torch.log(torch.tensor([[[0.1, 0.05, 0.2, 0.65], [0.5, 0.25, 0.25, 0.0]]]))
    where = torch.tensor([[True, True]])
    right = torch.tensor([[False, True, True, False], [True, False, False, False]])
    expected = (math.log(4) + math.log(2)) / 2
    assert float(pointing_loss([looked, looked], where, right)) == pytest.approx(expected)


def test_the_head_that_is_taught_is_the_models_own() -> None:
    """What ``talk`` tells of a head is the attention that transformers computes for it."""
    model = build_seer(TOY, TOKENIZER, 0).model.language_model.eval()
    model.config._attn_implementation = "eager"
    length, patches = 9, 4
    rows = torch.randn(2, length, TOY.width, generator=torch.Generator().manual_seed(3))
    mask = torch.tril(torch.ones(length, length, dtype=torch.bool)).expand(2, 1, -1, -1)
    positions = torch.arange(length).expand(2, -1)
    with torch.no_grad():
        hidden, (looked,) = talk(model, rows, mask, positions, patches)
        theirs = model(inputs_embeds=rows, output_attentions=True)
    torch.testing.assert_close(hidden, theirs.last_hidden_state, atol=1e-5, rtol=1e-4)
    own = theirs.attentions[0][:, HEAD, :, 1 : 1 + patches]
    torch.testing.assert_close(looked.exp(), own, atol=1e-5, rtol=1e-4)
