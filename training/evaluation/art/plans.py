"""Plans written by hand, as pictures: each brief composed, its letters set, all in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maquette.infra.vector.raster import rasterise
from maquette.model_servers.schemas.text_rendering import PlacedBlock
from maquette.model_servers.text_rendering.block import set_block
from maquette.model_servers.text_rendering.drawing import fragment_of
from maquette.records.errors import MaquetteError
from maquette.tools.art.brief import SceneBrief
from maquette.tools.art.layout.compose import composed
from maquette.tools.art.painting.svg import svg_of
from maquette.tools.art.scene import Scene

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Painting:
    """A scene and what a person sees of it."""

    scene: Scene
    svg: str
    pixels: NDArray[np.uint8]
    """(H, W, 3) sRGB."""
    blocks: tuple[PlacedBlock, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """One picture of a record of ``scenes.json`` or ``sheets.json``."""

    id: str
    """Of the record; of one with several pictures with its number, as in ``sheet-59.2``."""
    words: str
    criteria: tuple[dict[str, Any], ...]
    """Of the record: with several pictures, ``panel`` tells which one is meant."""
    brief: SceneBrief


@cache
def plans(name: str) -> tuple[Plan, ...]:
    """The plans of ``scenes`` or ``sheets``, in order."""
    records = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return tuple(plan for record in records for plan in _of(record))


def _of(record: dict[str, Any]) -> Iterator[Plan]:
    briefs = record.get("briefs") or [record["brief"]]
    for k, brief in enumerate(briefs, start=1):
        id = record["id"] if len(briefs) == 1 else f"{record['id']}.{k}"
        read = SceneBrief.model_validate(brief)
        yield Plan(id, record["words"], tuple(record["criteria"]), read)


def painted(brief: SceneBrief, variant: int = 0) -> Painting:
    """A brief composed and painted with its letters.

    Raises: MaquetteError: words do not fit, a thing is in no pack, a package is missing.
        ValueError: a colour of the brief is none.
    """
    made = composed(brief, variant=variant)
    scene, size = made.scene, (made.scene.width_px, made.scene.height_px)
    blocks = [set_block(block, *size) for block in scene.words]
    svg = svg_of(scene, words=fragment_of(blocks))
    pixels = np.asarray(rasterise(svg, *size).convert("RGB"), np.uint8)
    return Painting(scene, svg, pixels, tuple(one.placed(*size) for one in blocks), made.notes)


def attempt(plan: Plan) -> Painting | str:
    """The picture of a plan, or why there is none."""
    try:
        return painted(plan.brief)
    except (MaquetteError, ValueError, ModuleNotFoundError) as error:
        return f"{type(error).__name__}: {error}"
