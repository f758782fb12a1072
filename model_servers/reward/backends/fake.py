"""A reward without a model: how much of a picture has the colours that its caption names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from maquette.model_servers.loading.plain_colours import COLOURS, colours_in, shares
from maquette.model_servers.reward.backends.contract import RowScore
from maquette.records.errors import CapabilityMissing

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image


class FakeScorer:
    """Deterministic, on any machine, from no files."""

    files = "fake"
    perspectives: Mapping[str, str] = MappingProxyType(
        {"alignment": "whether the colours of the caption are seen"}
    )

    def __init__(
        self,
        model: str = "",
        *,
        backbone: str | None = None,
        device: str = "cpu",
        dtype: torch.dtype | None = None,
    ) -> None:
        """Takes what the role gives, and needs none of it."""

    def check(self, names: Sequence[str]) -> None:
        """Raises: CapabilityMissing: another perspective than its one."""
        for name in names:
            if name not in self.perspectives:
                raise CapabilityMissing(
                    f"the reward model has no perspective {name!r}; "
                    f"it has {', '.join(self.perspectives)}",
                    hint="ask for one of these",
                )

    def score(
        self, pictures: Sequence[Image], rows: Sequence[tuple[int, str, str]]
    ) -> list[RowScore]:
        """The reward is 4 times the share of the picture that has a named colour, less 2."""
        self.check([name for _, _, name in rows])
        seen = [shares(picture) for picture in pictures]
        scores = []
        for index, caption, _ in rows:
            named = colours_in(caption)
            fitting = sum(part for part, c in zip(seen[index], COLOURS, strict=True) if c in named)
            reward = 4 * fitting - 2
            scores.append(RowScore((reward,), _sigmoid(reward)))
        return scores

    def better(self, name: str, a: RowScore, b: RowScore) -> float:
        """By Bradley and Terry: the sigmoid of the difference."""
        return _sigmoid(a.raw[0] - b.raw[0])


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))
