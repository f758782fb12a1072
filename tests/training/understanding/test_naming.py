"""Picture tokens named with words: what is near a word is named so, and only things are told of."""

from __future__ import annotations

import pytest
import torch

from maquette.training.understanding.components import build_tokenizer
from maquette.training.understanding.naming import Naming
from maquette.training.understanding.wordbook import known_words
from maquette.training.vision.patches import CLASSES, IGNORED
from maquette.training.world.colours import COLOURS
from maquette.training.world.things import THINGS

WIDTH = 64
BOAT, RED = list(THINGS).index("boat"), list(COLOURS).index("red")


@pytest.fixture
def naming() -> Naming:
    torch.manual_seed(0)
    return Naming(build_tokenizer(known_words()).get_vocab(), WIDTH)


@pytest.fixture
def words() -> torch.Tensor:
    """Embeddings at right angles are as far apart as can be; random ones are nearly so."""
    count = len(build_tokenizer(known_words()))
    return torch.randn(count, WIDTH, generator=torch.Generator().manual_seed(1))


def scene() -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    """Truth of four patches: a red boat in the second, print in the third, else nothing."""
    answers = {
        "thing": torch.tensor([[0, 1 + BOAT, CLASSES["thing"] - 1, 0]]),
        "colour": torch.tensor([[IGNORED, RED, RED, IGNORED]]),
    }
    geometry = torch.full((1, 4, 4), torch.nan)
    # Middles are at 0.25 and 0.75; the boat's centre is (0.7, 0.3), it is 0.4 by 0.2.
    geometry[0, 1] = torch.tensor([-0.05, 0.05, 0.4, 0.2])
    geometry[0, 2] = geometry[0, 1]
    return answers, geometry


def test_a_token_between_two_words_is_named_by_both(naming: Naming, words: torch.Tensor) -> None:
    """The sum of "boat" and "red" is nearest to that thing and that colour."""
    boat = words[naming.things[BOAT]].mean(0)
    red = words[naming.colour[RED, 0]]
    things, colours = naming.named((boat + red)[None, None], words)
    assert int(things.argmax()) == BOAT and int(colours.argmax()) == RED


def test_only_tokens_that_show_a_thing_are_judged(naming: Naming, words: torch.Tensor) -> None:
    """Nothing and print have no name, also where a word covers a thing."""
    picture = torch.randn(1, 4, WIDTH, generator=torch.Generator().manual_seed(2))
    picture.requires_grad_()
    naming.loss(picture, words, *scene()).backward()
    moved = picture.grad[0].abs().sum(-1) > 0
    assert moved.tolist() == [False, True, False, False]


def test_the_place_told_is_of_the_picture(naming: Naming, words: torch.Tensor) -> None:
    """A head that says the boat's centre and size leaves the loss of the names alone."""
    picture = torch.randn(1, 4, WIDTH, generator=torch.Generator().manual_seed(2))
    answers, geometry = scene()
    with torch.no_grad():
        naming.place.weight.zero_()
        naming.place.bias.copy_(torch.tensor([0.7, 0.3, 0.4, 0.2]))
        things, colours = naming.named(picture[:, 1:2], words)
        names = torch.nn.functional.cross_entropy(things[0], torch.tensor([BOAT]))
        paint = torch.nn.functional.cross_entropy(colours[0], torch.tensor([RED]))
        assert float(naming.loss(picture, words, answers, geometry)) == pytest.approx(
            float(names + paint), abs=1e-5
        )


def test_an_empty_picture_teaches_no_names(naming: Naming, words: torch.Tensor) -> None:
    """Without things there is nothing to be wrong about."""
    nothing = {name: torch.full((1, 4), IGNORED) for name in ("thing", "colour")}
    geometry = torch.full((1, 4, 4), torch.nan)
    assert float(naming.loss(torch.randn(1, 4, WIDTH), words, nothing, geometry)) == 0.0


def test_a_noun_tells_what_it_saw_by_nearness_to_words(naming: Naming, words: torch.Tensor) -> None:
    """A state at the word "red" costs little where red is right, much where blue is."""
    state = words[naming.colour[RED]]
    unknown, nowhere = torch.tensor([IGNORED]), torch.full((1, 4), torch.nan)

    def cost(colour: int) -> float:
        right = {"colour": torch.tensor([colour]), "pattern": unknown, "size": unknown}
        return float(naming.told_loss(state, words, right, nowhere, nowhere).detach())

    near = naming.named(state[None], words)[1][0].detach()
    expected = torch.nn.functional.cross_entropy(near, torch.tensor([RED]))
    assert cost(RED) == pytest.approx(float(expected))
    assert cost(RED) < 0.1 < 5 < cost(list(COLOURS).index("blue"))
    assert cost(IGNORED) == 0.0


def test_a_noun_tells_where_it_saw_it(naming: Naming, words: torch.Tensor) -> None:
    """The mean error of centre and size, twice; nothing for a noun that names no one thing."""
    unknown = dict.fromkeys(("colour", "pattern", "size"), torch.tensor([IGNORED, IGNORED]))
    place = torch.tensor([[0.7, 0.3, 0.4, 0.2], [torch.nan] * 4])
    with torch.no_grad():
        naming.place.weight.zero_()
        naming.place.bias.copy_(torch.tensor([0.6, 0.3, 0.4, 0.4]))
        nowhere = torch.full_like(place, torch.nan)
        cost = naming.told_loss(torch.randn(2, WIDTH), words, unknown, place, nowhere)
    assert float(cost) == pytest.approx(2 * (0.1 + 0.2) / 4, abs=1e-6)


def test_a_noun_tells_how_far_it_is_from_the_one_before(
    naming: Naming, words: torch.Tensor
) -> None:
    """The mean error of the way there and of the growth in size, twice; beside its own place."""
    unknown = dict.fromkeys(("colour", "pattern", "size"), torch.tensor([IGNORED]))
    place, before = torch.tensor([[0.7, 0.3, 0.4, 0.2]]), torch.tensor([[0.2, 0.4, 0.2, 0.2]])
    with torch.no_grad():
        for tell, said in ((naming.place, place[0]), (naming.before, [0.5, 0.1, 0.2, 0.0])):
            tell.weight.zero_()
            tell.bias.copy_(torch.as_tensor(said))
        cost = naming.told_loss(torch.randn(1, WIDTH), words, unknown, place, before)
    assert float(cost) == pytest.approx(2 * 0.2 / 4, abs=1e-6)


def test_a_noun_tells_the_verdict_by_nearness(naming: Naming, words: torch.Tensor) -> None:
    """A state at the word "yes" costs little where yes is right, much where no is."""
    state = words[naming.verdicts[1]]
    yes, no = (float(naming.judged_loss(state, words, torch.tensor([k])).detach()) for k in (1, 0))
    assert yes < 0.1 < 5 < no
    assert float(naming.judged_loss(state[:0], words, torch.tensor([]))) == 0.0
