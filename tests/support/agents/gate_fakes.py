"""Gates over an encoder and a library that say what a test wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maquette.agents.gates.anchors import NULL
from maquette.agents.gates.gatekeeper import Gates
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import ModelUnavailable

OLD = ArtifactRef(sha256="e" * 64, media_type="image/png", size_bytes=1)


@dataclass(frozen=True)
class Kept:
    """A picture of the library."""

    text: str
    score: float = 0.95
    picture: ArtifactRef = OLD


def gates(*library: Kept, dull: Sequence[str] = (), away: bool = False) -> Gates:
    """Gates to which all but ``dull`` sentences are like what can be seen.

    Args:
        away: whether the models behind them do not answer.
    """

    async def embed(texts: tuple[str, ...]) -> Sequence[Sequence[float]]:
        if away:
            raise ModelUnavailable("away")
        return [(1.0, 0.0) if text in NULL or text in dull else (0.0, 1.0) for text in texts]

    async def search(text: str, owner: str) -> Sequence[Kept]:
        if away:
            raise ModelUnavailable("away")
        return library

    return Gates(embed, lambda word: word in {"boat", "house", "cat"}, search)
