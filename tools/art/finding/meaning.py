"""Names near a phrase in meaning, by sentence vectors of the embedding role."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from maquette.tools.art.contract import ThingCard
from maquette.tools.art.finding.wording import plain

if TYPE_CHECKING:
    import numpy as np

Embed = Callable[[tuple[str, ...]], Awaitable[Sequence[Sequence[float]]]]
"""Texts to unit vectors, as the embedding role gives them."""
FILE = Path(__file__).with_name("vectors.safetensors")
STEPS = 300.0
"""Stored vectors are whole numbers, so many to one; a cosine is off by at most some 0.004."""
SAME_SPACE = 0.99
KEYWORD_BONUS = 0.2
"""What a keyword of its own counts in cosine when names are ranked."""


class Meanings:
    """The English names of all things of kind ``thing``, as vectors.

    Those of the default pack are stored. Others, and all where the embedding role has another
    model than the stored ones are of, are embedded at first use.

    Notation: ``N`` names, ``D`` width of the vectors.
    """

    def __init__(self, cards: Mapping[str, ThingCard], embed: Embed) -> None:
        self._embed = embed
        self._ids: dict[str, str] = {}
        self._sharing: dict[str, list[str]] = defaultdict(list)
        for id, card in cards.items():
            if card.kind == "thing" and card.names.get("en"):
                self._ids.setdefault(plain(card.names["en"][0]), id)
                for word in dict.fromkeys(map(plain, card.keywords.get("en", ()))):
                    self._sharing[word].append(id)
        self._rows: np.ndarray | None = None

    async def cosines(self, phrase: str) -> list[tuple[str, float]]:
        """All things and how near their names are, the nearest first."""
        import numpy as np

        if not self._ids:
            return []
        vector = np.asarray((await self._embed((phrase,)))[0], np.float32)  # (D,)
        if self._rows is None:
            self._rows = await self._matrix(len(vector))
        near = self._rows @ vector  # (N,)
        ids = list(self._ids.values())
        return [(ids[at], float(near[at])) for at in np.argsort(-near, kind="stable")]

    async def nearest(self, phrase: str) -> list[tuple[str, float]]:
        """As ``cosines``, but things with the phrase as a keyword stand further up."""
        near = await self.cosines(phrase)
        return sorted(near, key=lambda one: -one[1] - KEYWORD_BONUS * self.keyword(one[0], phrase))

    async def between(self, one: str, other: str) -> float:
        """The cosine of two phrases."""
        a, b = await self._embed((one, other))
        return sum(x * y for x, y in zip(a, b, strict=True))

    def keyword(self, id: str, phrase: str) -> float:
        """1 over the number of things with the phrase as a keyword; 0: this one has it not."""
        sharing = self._sharing.get(phrase, [])
        return 1 / len(sharing) if id in sharing else 0.0

    async def _matrix(self, width: int) -> np.ndarray:
        """The vectors of all names (N, D)."""
        import numpy as np

        stored = await self._stored(width)
        missing = tuple(name for name in self._ids if name not in stored)
        made = await self._embed(missing) if missing else ()
        fresh = dict(zip(missing, made, strict=True))
        return np.asarray([stored.get(name, fresh.get(name)) for name in self._ids], np.float32)

    async def _stored(self, width: int) -> Mapping[str, np.ndarray]:
        """What is stored, if it is of the space that the role embeds into."""
        import numpy as np

        stored = vectors()
        probe = next(iter(stored))
        if len(stored[probe]) != width:
            return {}
        told = np.asarray((await self._embed((probe,)))[0], np.float32)
        return stored if float(told @ stored[probe]) > SAME_SPACE else {}


@cache
def vectors() -> Mapping[str, np.ndarray]:
    """Plain English name -> its stored vector (D,), of length one within rounding."""
    import numpy as np
    from safetensors import safe_open

    with safe_open(str(FILE), framework="numpy") as file:
        names = json.loads((file.metadata() or {})["names"])
        rows = file.get_tensor("vectors").astype(np.float32) / STEPS  # (N, D)
    return dict(zip(names, rows, strict=True))
