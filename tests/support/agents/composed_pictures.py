"""Composed pictures for tests: plain shapes painted by arithmetic, without packs and renderers."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from maquette.agents.judging.contract import Sight
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.text_rendering import PlacedBlock
from maquette.records.artifact import ArtifactRef
from maquette.records.geometry import Box
from maquette.tools.art.scene import PlacedThing, Scene
from maquette.words.colours import WORDS, from_hex

OWNER = "local"
SIDE = 240
SHAPES = ("circle", "square", "diamond", "bar")
NATURAL = {"circle": "red", "square": "blue", "diamond": "green", "bar": "gray"}
PAPER = (240, 236, 225)


def thing(
    shape: str,
    box: tuple[float, float, float, float],
    *,
    id: str = "",
    phrase: str = "",
    **more: object,
) -> PlacedThing:
    """A shape in a box, of its natural colour unless another is given."""
    x0, y0, x1, y1 = box
    return PlacedThing.model_validate(
        {
            "id": id or f"{shape}{round(100 * x0)}_{round(100 * y0)}",
            "thing": f"plain:{shape}",
            "phrase": phrase or shape,
            "box": Box(x0=x0, y0=y0, x1=x1, y1=y1),
            **more,
        }
    )


def scene(*things: PlacedThing, **more: object) -> Scene:
    """A square sheet with these things."""
    return Scene.model_validate({"width_px": SIDE, "height_px": SIDE, "things": things, **more})


@dataclass
class PlainSources:
    """Paints shapes with hard edges; each is called by its name, and by what ``also`` adds."""

    also: dict[str, tuple[str, ...]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    leads: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def whole(self, scene: Scene, width_px: int, height_px: int) -> NDArray[np.uint8]:
        sheet = np.full((height_px, width_px, 3), PAPER, np.uint8)
        order = sorted(range(len(scene.things)), key=lambda k: (scene.things[k].layer, k))
        for k in order:
            alone = self.alone(scene, k, width_px, height_px)
            sheet[alone[..., 3] > 0] = alone[alone[..., 3] > 0][:, :3]
        return sheet

    def alone(self, scene: Scene, index: int, width_px: int, height_px: int) -> NDArray[np.uint8]:
        one = scene.things[index]
        shape = one.thing.partition(":")[2]
        y, x = np.mgrid[:height_px, :width_px]
        (cx, cy), box = one.box.centre, one.box
        u = ((x + 0.5) / width_px - cx) / (box.width / 2)
        v = ((y + 0.5) / height_px - cy) / (box.height / 2)
        inside = {
            "circle": u**2 + v**2 <= 1,
            "square": np.maximum(abs(u), abs(v)) <= 1,
            "diamond": abs(u) + abs(v) <= 1,
            "bar": (abs(u) <= 1) & (abs(v) <= 0.4),
        }[shape]
        picture = np.zeros((height_px, width_px, 4), np.uint8)
        colour = one.colour or NATURAL[shape]
        picture[inside] = (*(from_hex(colour) if colour[0] == "#" else WORDS[colour]), 255)
        return picture

    def named(self, thing: str, phrase: str) -> bool:
        shape = thing.partition(":")[2]
        return phrase in (shape, f"{shape}s", *self.also.get(shape, ()))

    def known(self, phrase: str) -> bool:
        return any(self.named(f"plain:{shape}", phrase) for shape in SHAPES)

    def akin(self, thing: str, phrase: str) -> bool:
        return phrase in self.leads.get(thing.partition(":")[2], ())

    def digest(self, pack: str) -> str | None:
        return self.digests.get(pack)


def png(pixels: NDArray[np.uint8]) -> bytes:
    """The pixels as a file."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


async def sight_of(
    document: Scene,
    pixels: NDArray[np.uint8] | None = None,
    *,
    placed: list[PlacedBlock] | None = None,
    models: ScriptedModelClient | None = None,
) -> Sight:
    """A stored picture with its document; by default the very picture that it tells."""
    if pixels is None:
        pixels = PlainSources().whole(document, document.width_px, document.height_px)
    store = MemoryArtifactStore()
    image = await store.put(png(pixels), owner=OWNER)
    told: ArtifactRef = await store.put(document.model_dump_json().encode(), owner=OWNER)
    return Sight(
        image=image,
        owner=OWNER,
        models=models or ScriptedModelClient({}),
        placed=placed,
        store=store,
        scene=told,
    )
