"""How often a search finds the right picture among its first three, and what decides it.

A planted library, five strangers' queries, and the very classes that serve searches. Beside it,
on the same queries: either comparison alone, and both bare cosines on one scale.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from maquette.infra.index.contract import ArtifactIndex
from maquette.infra.index.stored import StoredIndex
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.contract import ArtifactStore
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import ModelClient, RoleName
from maquette.model_servers.embedding.role import EmbeddingRole
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.host import RoleHost
from maquette.tools.library.library import PictureLibrary
from maquette.tools.library.ranking import standing
from maquette.tools.library.spaces import FoundBy, Spaces
from maquette.training.evaluation.intervals import Share
from maquette.training.evaluation.search.library import SIZE, Planted, plant
from maquette.training.evaluation.search.strangers import Query, ask
from maquette.training.evaluation.sheet import contact_sheet

FIRST = 3
BAR = 0.95
EACH = 60
ALL = "right one among the first 3"
OWNER = "local"
HELD_OUT = 11
"""Seed of the library that is measured; the one it is fitted on is another (``search_fit``)."""


@dataclass
class Shelf:
    """A planted library, added to a real one as the feeder adds pictures."""

    planted: Sequence[Planted]
    names: list[str]
    """SHA-256 of each picture, in the order planted."""
    library: PictureLibrary
    index: ArtifactIndex
    spaces: Spaces


@dataclass(frozen=True)
class Looked:
    """A query and what came of it. Arrays hold one number a picture, NaN where there is none."""

    query: Query
    found: tuple[int, ...]
    """The library's answer: places among the planted, best first."""
    cosines: Mapping[FoundBy, np.ndarray]
    standings: Mapping[FoundBy, np.ndarray]


def embedding_here(store: ArtifactStore) -> ModelClient:
    """The bundled embedding role in this process."""
    return DirectClient(
        RoleHost({RoleName.EMBEDDING: lambda: EmbeddingRole(ModelConfig(), store, 1)})
    )


async def fill(
    planted: Sequence[Planted], connect: Callable[[ArtifactStore], ModelClient] = embedding_here
) -> Shelf:
    """Store and add every picture."""
    store = MemoryArtifactStore()
    models = connect(store)
    index = StoredIndex(store)
    library = PictureLibrary(index, models)
    names = []
    for one in planted:
        ref = await store.put(one.png, owner=OWNER)
        await library.add(ref, owner=OWNER, kind=one.kind, text=one.text)
        names.append(ref.sha256)
    return Shelf(planted, names, library, index, Spaces(models))


async def measure(
    seed: int = HELD_OUT, size: int = SIZE, each: int = EACH
) -> tuple[Shelf, list[Looked]]:
    """Plant a library and ask ``each`` queries of every stranger."""
    shelf = await fill(plant(seed, size))
    return shelf, [await look(shelf, query) for query in ask(shelf.planted, seed, each)]


async def look(shelf: Shelf, query: Query, k: int = FIRST) -> Looked:
    """Search, and take apart what the answer came from."""
    found = await shelf.library.find(query.text, owner=OWNER, k=k)
    cosines, standings = {}, {}
    for by, space in (await shelf.spaces.present()).items():
        asked = await shelf.spaces.ask(by, query.text)
        part = await shelf.index.rows(owner=OWNER, space=space)
        places = [shelf.names.index(entry.ref.sha256) for entry in part.entries]
        bare = np.full(len(shelf.names), np.nan)
        bare[places] = part.vectors @ asked.vector
        bare[np.array(places)[~part.vectors.any(axis=1)]] = np.nan
        cosines[by], standings[by] = bare, np.full(len(shelf.names), np.nan)
        standings[by][places] = standing(part.vectors, asked.vector)
    places = [shelf.names.index(hit.entry.ref.sha256) for hit in found.hits]
    return Looked(query, tuple(places), cosines, standings)


def _alone(by: FoundBy) -> Callable[[Looked], np.ndarray]:
    return lambda one: np.nan_to_num(one.standings[by], nan=-np.inf)


def _one_scale(one: Looked) -> np.ndarray:
    return np.fmax(one.cosines[FoundBy.PICTURES], one.cosines[FoundBy.WORDS])


ORDERS: dict[str, Callable[[Looked], np.ndarray]] = {
    "what they show alone": _alone(FoundBy.PICTURES),
    "their words alone": _alone(FoundBy.WORDS),
    "bare cosines on one scale": _one_scale,
}
"""Other orders of the same pictures, for comparison: scores, the highest first."""


def first_of(scores: np.ndarray) -> tuple[int, ...]:
    """The places of the first three by score."""
    return tuple(np.argsort(-scores, kind="stable")[:FIRST].tolist())


def hit(query: Query, places: Sequence[int]) -> bool:
    """Whether a right picture is among the places."""
    return bool(query.right[list(places[:FIRST])].any())


def shares(looked: Sequence[Looked]) -> dict[str, Share]:
    """Hit rates: all, by kind of query, by stranger, and by the other orders."""
    groups: dict[str, list[bool]] = {ALL: []}
    for one in looked:
        right = hit(one.query, one.found)
        groups[ALL].append(right)
        groups.setdefault(f"- asked for: {one.query.kind}", []).append(right)
        groups.setdefault(f"- as said by: {one.query.stranger}", []).append(right)
    for name, score in ORDERS.items():
        groups[f"- by {name}"] = [hit(one.query, first_of(score(one))) for one in looked]
    return {name: Share(sum(found), len(found)) for name, found in groups.items()}


def table(found: Mapping[str, Share]) -> str:
    """Hit rates as Markdown."""
    lines = ["| queries | rate | 95 % interval | n |", "|---|---|---|---|"]
    for name, share in found.items():
        low, high = share.interval
        lines.append(f"| {name} | {share.value:.3f} | {low:.3f} to {high:.3f} | {share.n} |")
    return "\n".join(lines)


def record(found: Mapping[str, Share]) -> list[dict[str, Any]]:
    """Hit rates as JSON-ready data."""
    return [
        {"name": name, "value": one.value, "low": one.interval[0], "high": one.interval[1],
         "n": one.n}
        for name, one in found.items()
    ]  # fmt: skip


def sheet(shelf: Shelf, looked: Sequence[Looked], path: Path) -> None:
    """Write the first three of each query in a row; right ones are marked with a plus."""
    pictures, captions = [], []
    for one in looked:
        for place in one.found[:FIRST]:
            planted = shelf.planted[place]
            pictures.append(np.asarray(Image.open(io.BytesIO(planted.png)).convert("RGB")))
            mark = "+" if one.query.right[place] else "-"
            captions.append(f"{mark} {one.query.text} | {planted.text or 'no words'}")
    contact_sheet(pictures, captions, 2 * FIRST, path, side_px=150)
