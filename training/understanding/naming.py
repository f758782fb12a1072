"""Picture tokens named with the language model's own words: a lesson, dropped on export.

A question about the red boat is answered at the boat's tokens, and attention finds them if they
lie near the words "boat" and "red". Next-word losses teach that slowly; this says it outright.

Notation: ``B`` pictures, ``P`` patches, ``W`` width of the language model, ``V`` its words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from maquette.training.vision.patches import IGNORED
from maquette.training.world.colours import COLOURS
from maquette.training.world.drawing.patterns import PATTERNS
from maquette.training.world.sizes import SIZES
from maquette.training.world.things import THINGS

PLACE = 4
"""Numbers told of a thing's token: its centre, width and height in parts of the picture."""
PLACE_WEIGHT = 2.0
NOUNS = tuple((thing.name, thing.plural) for thing in THINGS.values())
"""Words for each thing."""
ATTRIBUTES = {"colour": tuple(COLOURS), "pattern": tuple(PATTERNS), "size": tuple(SIZES)}
"""What is so of a thing, and the words for it."""
VERDICTS = ("no", "yes")


class Naming(nn.Module):
    """What each picture token shows, told by nearness to words; and where that thing is."""

    things: Tensor
    """Words of each thing, singular and plural, int64 (things, 2)."""
    verdicts: Tensor
    """The words "no" and "yes", int64 (2, 1)."""

    def __init__(self, vocabulary: Mapping[str, int], width: int) -> None:
        super().__init__()
        things = [[vocabulary[word] for word in forms] for forms in NOUNS]
        self.register_buffer("things", torch.tensor(things), persistent=False)
        for name, said in ATTRIBUTES.items():
            forms = torch.tensor([[vocabulary[word]] for word in said])
            self.register_buffer(name, forms, persistent=False)
        verdicts = torch.tensor([[vocabulary[word]] for word in VERDICTS])
        self.register_buffer("verdicts", verdicts, persistent=False)
        self.log_scale = nn.Parameter(torch.tensor(math.log(10.0)))
        self.place = nn.Linear(width, PLACE)
        self.before = nn.Linear(width, PLACE)

    def named(self, picture: Tensor, words: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of things (B, P, things) and of colours (B, P, colours).

        Args:
            picture: tokens as the language model is given them, (B, P, W).
            words: its embeddings, (V, W).
        """
        return self._nearness(picture, words, "things"), self._nearness(picture, words, "colour")

    def told_loss(
        self,
        states: Tensor,
        words: Tensor,
        right: Mapping[str, Tensor],
        place: Tensor,
        before: Tensor,
    ) -> Tensor:
        """Cross-entropy of what states tell of a thing, by nearness to words; error of its place.

        Whether a star is left of a circle is read where "circle" stands, from how far the circle
        is from what was named before it; from two places alone it was never learned.

        Args:
            states: of nouns that have looked, (n, W).
            words: embeddings, (V, W).
            right: attribute to int64 (n,), ``IGNORED`` where it is open.
            place: float (n, 4), as ``places``; NaN where not one thing is named.
            before: float (n, 4), as ``place``, of the noun before it.
        """
        loss = states.new_zeros((), dtype=torch.float32)
        for name in ATTRIBUTES:
            truth = right[name].to(states.device)
            if bool((truth != IGNORED).any()):
                near = self._nearness(states, words, name)
                loss = loss + functional.cross_entropy(near, truth, ignore_index=IGNORED)
        return loss + self.place_loss(states, place) + _far(self.before, states, place - before)

    def place_loss(self, states: Tensor, place: Tensor) -> Tensor:
        """Error of the place that states (n, W) tell, where ``place`` (n, 4) is not NaN."""
        return _far(self.place, states, place)

    def judged_loss(self, states: Tensor, words: Tensor, right: Tensor) -> Tensor:
        """Cross-entropy of "no" and "yes", by nearness, where a question's second noun stands.

        All that "is the star left of the circle?" asks is said there, and the last layer has only
        to bring the answer; without this every such question was answered with yes.

        Args:
            states: of those nouns, (m, W).
            words: embeddings, (V, W).
            right: int64 (m,), 0 no, 1 yes.
        """
        if not len(right):
            return states.new_zeros((), dtype=torch.float32)
        near = self._nearness(states, words, "verdicts")
        return functional.cross_entropy(near, right.to(near.device))

    def _nearness(self, states: Tensor, words: Tensor, names: str) -> Tensor:
        """Scaled cosines (..., names) of states (..., W) and the words of a list of names."""
        forms = functional.normalize(words[getattr(self, names)].float(), dim=-1).mean(1)
        return functional.normalize(states.float(), dim=-1) * self.log_scale.exp() @ forms.T

    def loss(
        self, picture: Tensor, words: Tensor, answers: Mapping[str, Tensor], geometry: Tensor
    ) -> Tensor:
        """Cross-entropy of names, and error of places, over tokens that show a thing.

        Args:
            picture, words: as for ``named``.
            answers: ``thing`` and ``colour``, int64 (B, P), as ``SceneLessons`` has them.
            geometry: float (B, P, 4): way to the centre, width and height; NaN: no thing.
        """
        things, colours = self.named(picture, words)
        geometry = geometry.to(picture.device)
        thing = answers["thing"].to(picture.device) - 1  # 0 is nothing, the last is print
        shown = (thing >= 0) & (thing < len(THINGS)) & geometry.isfinite().all(-1)  # (B, P)
        if not bool(shown.any()):
            return picture.new_zeros((), dtype=torch.float32)
        colour = answers["colour"].to(picture.device)[shown]
        name = functional.cross_entropy(things[shown], thing[shown])
        paint = functional.cross_entropy(colours[shown], colour, ignore_index=IGNORED)
        told = self.place(picture[shown]).float()
        right = places(geometry)[shown]
        return name + paint + PLACE_WEIGHT * functional.l1_loss(told, right)


def _far(tell: nn.Module, states: Tensor, right: Tensor) -> Tensor:
    """Mean absolute error of what is told, weighed, over rows of numbers that are known."""
    right = right.to(states.device)
    known = right.isfinite().all(-1)
    if not bool(known.any()):
        return states.new_zeros((), dtype=torch.float32)
    return PLACE_WEIGHT * functional.l1_loss(tell(states[known]).float(), right[known])


def places(geometry: Tensor) -> Tensor:
    """Where the thing of each patch is: its centre, width and height in parts of the picture.

    Args:
        geometry: float (B, P, 4): way from the patch to the centre, width and height; NaN: no
            thing. Patches are those of a square grid.
    """
    grid = math.isqrt(geometry.shape[1])
    along = (torch.arange(grid, device=geometry.device) + 0.5) / grid
    middles = torch.stack([along.repeat(grid), along.repeat_interleave(grid)], dim=1)  # (P, 2)
    return geometry + functional.pad(middles, (0, PLACE - 2))
