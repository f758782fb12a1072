"""Nouns that look at what they name: which, at what, and by the model's own attention."""

from __future__ import annotations

import math

import pytest
import torch

from maquette.training.understanding.components import TOY, build_seer, build_tokenizer
from maquette.training.understanding.pointing import (
    ANSWER_HEAD,
    BEFORE_HEAD,
    NOUN_HEAD,
    Nouns,
    Targets,
    asked_nouns,
    attention_loss,
    judged_pairs,
)
from maquette.training.understanding.run import talk
from maquette.training.understanding.turns import Talker, Turn, pack
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
    "pattern": torch.tensor([[IGNORED, 1, 1, 0]]),
    "size": torch.tensor([[IGNORED, 2, 0, 1]]),
}
"""Patches: nothing, a red boat, a blue boat, a red star."""
_NOTHING = (math.nan,) * 4
GEOMETRY = torch.tensor(
    [[_NOTHING, (0.0, 0.2, 0.1, 0.1), (0.1, 0.0, 0.3, 0.2), (0.0, 0.0, 0.2, 0.2)]]
)
"""From the middles (0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75) of four patches."""


def ids(text: str) -> torch.Tensor:
    return torch.tensor([TOKENIZER.encode(text, add_special_tokens=False)])


def targets(text: str, *, sees: bool = True) -> Targets:
    tokens = ids(text)
    return Nouns(TOKENIZER.get_vocab()).targets(
        tokens, ANSWERS, GEOMETRY, torch.full((1, tokens.shape[1], tokens.shape[1]), sees)
    )


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("is the red boat there?", ["-r--"]),
        ("how many boats?", ["-rb-"]),
        ("a blue boat and a star", ["--b-", "---s"]),
        ("what colour is the house?", ["."]),
        ("is there a blue star?", ["."]),
        ("what does it say?", []),
    ],
)
def test_a_noun_is_to_look_at_what_it_names(text: str, right: list[str]) -> None:
    """With its colour if one is said just before; for what is absent, at the row's start."""
    found = targets(text)
    expected = [[one == ".", *(c not in "-." for c in one.ljust(4, "-"))] for one in right]
    assert found.right.tolist() == expected and int(found.where.sum()) == len(right)


def test_what_is_so_of_all_that_is_named_is_told() -> None:
    """Both boats are of one pattern, but of two colours and sizes; a house is not there."""
    found = targets("how many boats, and a house, and a red boat?").told
    assert found["pattern"].tolist() == [1, IGNORED, 1]
    assert found["colour"].tolist() == [IGNORED, IGNORED, RED]
    assert found["size"].tolist() == [IGNORED, IGNORED, 2]


def test_where_a_thing_is_is_told_where_one_is_named() -> None:
    """Its centre and size; two boats have no place, nor has a house that is not there."""
    found = targets("how many boats, and a house, and a blue boat?").place
    assert found[:2].isnan().all()
    torch.testing.assert_close(found[2], torch.tensor([0.35, 0.75, 0.3, 0.2]))


def test_a_noun_knows_where_the_one_before_it_was() -> None:
    """The star's circle is the first noun; of boats, which have no place, nobody knows it."""
    found = targets("is the star left of the red boat, or of two boats, or of a blue boat?").before
    assert found[[0, 3]].isnan().all()
    torch.testing.assert_close(found[1], torch.tensor([0.75, 0.75, 0.2, 0.2]))
    torch.testing.assert_close(found[2], torch.tensor([0.75, 0.45, 0.1, 0.1]))


def test_nouns_of_other_turns_and_pictures_are_not_before() -> None:
    """Two turns in one row, where no token of the second may look at the first; two rows."""
    tokens = ids("is a star a star a blue boat").repeat(2, 1)
    turn = torch.tensor([0, 0, 0, 1, 1, 1, 1, 1])
    mask = (turn[:, None] == turn).expand(2, -1, -1).clone()
    mask[:, :, 1] = True  # the picture's
    found = Nouns(TOKENIZER.get_vocab()).targets(
        tokens,
        {name: value.repeat(2, 1) for name, value in ANSWERS.items()},
        GEOMETRY.repeat(2, 1, 1),
        mask,
    )
    assert found.before.isnan().all(-1).tolist() == [True, True, False] * 2
    assert found.second.nonzero().tolist() == [[0, 7], [1, 7]]
    assert found.first.nonzero().tolist() == [[0, 4], [1, 4]]


def test_all_patches_of_a_thing_tell_one_place() -> None:
    """Patches of a wide boat: each has another way to its centre, and all the same place."""
    answers = {name: torch.full((1, 4), 1) for name in ("colour", "pattern", "size")}
    answers["thing"] = torch.tensor([[BOAT, BOAT, 0, 0]])
    geometry = torch.full((1, 4, 4), math.nan)
    geometry[0, 0] = torch.tensor([0.25, 0.0, 0.9, 0.4])
    geometry[0, 1] = torch.tensor([-0.25, 0.0, 0.9, 0.4])
    tokens = ids("a boat")
    nouns = Nouns(TOKENIZER.get_vocab())
    place = nouns.targets(tokens, answers, geometry, torch.ones(1, 2, 2).bool()).place
    torch.testing.assert_close(place, torch.tensor([[0.5, 0.25, 0.9, 0.4]]))


def test_who_does_not_see_the_picture_looks_at_nothing() -> None:
    """A question that is asked blind has no nouns that count."""
    found = targets("is the red boat there?", sees=False)
    assert not found.where.any() and found.right.shape == (0, 5)


def test_the_loss_is_what_attention_misses() -> None:
    """A quarter and a half of the attention on the right patches: the mean of log 4 and log 2."""
    looked = torch.log(torch.tensor([[[0.1, 0.05, 0.2, 0.65], [0.5, 0.25, 0.25, 0.0]]]))
    where = torch.tensor([[True, True]])
    right = torch.tensor([[False, True, True, False], [True, False, False, False]])
    expected = (math.log(4) + math.log(2)) / 2
    found = attention_loss([looked, looked], where, right)
    assert float(found) == pytest.approx(expected)


def test_the_head_that_is_taught_is_the_models_own() -> None:
    """What ``talk`` tells of a head is the attention that transformers computes for it."""
    model = build_seer(TOY, TOKENIZER, 0).model.language_model.eval()
    model.config._attn_implementation = "eager"
    length, patches = 9, 4
    rows = torch.randn(2, length, TOY.width, generator=torch.Generator().manual_seed(3))
    mask = torch.tril(torch.ones(length, length, dtype=torch.bool)).expand(2, 1, -1, -1)
    positions = torch.arange(length).expand(2, -1)
    with torch.no_grad():
        hidden, _, _, (looked,), (heard,), (linked,) = talk(model, rows, mask, positions, patches)
        theirs = model(inputs_embeds=rows, output_attentions=True)
    torch.testing.assert_close(hidden, theirs.last_hidden_state, atol=1e-5, rtol=1e-4)
    own = theirs.attentions[0]
    near = {"atol": 1e-5, "rtol": 1e-4}
    torch.testing.assert_close(looked.exp(), own[:, NOUN_HEAD, :, : 1 + patches], **near)
    torch.testing.assert_close(heard.exp(), own[:, ANSWER_HEAD], **near)
    torch.testing.assert_close(linked.exp(), own[:, BEFORE_HEAD], **near)


def test_an_answer_looks_at_the_nouns_of_its_own_question() -> None:
    """Not at those of other questions, nor of a description; one that asks of none is left out."""
    talker = Talker(TOKENIZER)
    asked = ["is the boat left of the star?", "what does it say?", "how many boats?"]
    yes = (ids("yes")[0, 0].item(), talker.end)
    turns = [Turn("long", talker.prompt("a boat"), yes)]
    turns += [Turn("exists", talker.prompt(words), yes) for words in asked]
    packed = pack([turns], talker, 4, 120)
    nouns = Nouns(TOKENIZER.get_vocab()).things[packed.ids] > 0
    begins, about = asked_nouns(packed, nouns)
    words = [TOKENIZER.convert_ids_to_tokens(packed.ids[0][row].tolist()) for row in about]
    assert words == [["boat", "star"], ["boats"]]
    assert packed.targets[begins].tolist() == [yes[0], yes[0]]


def test_the_second_noun_of_a_question_about_two_is_asked_for_the_verdict() -> None:
    """Of two questions about two things, told in the order of the row; of no other."""
    talker = Talker(TOKENIZER)
    no, yes = (ids(word)[0, 0].item() for word in ("no", "yes"))
    asked = [
        ("is the boat left of the star?", yes),
        ("is there a boat?", yes),
        ("what is left of the star in front of the boat?", RED),
        ("is the star inside the boat?", no),
    ]
    turns = [Turn("any", talker.prompt(words), (answer, talker.end)) for words, answer in asked]
    packed = pack([turns], talker, 4, 120)
    nouns = Nouns(TOKENIZER.get_vocab()).things[packed.ids] > 0
    where, verdict = judged_pairs(
        packed.targets, *asked_nouns(packed, nouns), torch.tensor([no, yes])
    )
    assert TOKENIZER.convert_ids_to_tokens(packed.ids[where].tolist()) == ["star", "boat"]
    assert verdict.tolist() == [1, 0]
