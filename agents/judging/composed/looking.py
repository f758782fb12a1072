"""Look at a composed picture beside its document: what of each thing is seen, what is strange."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from maquette.agents.judging.composed.comparing import (
    TOLERANCE,
    Mask,
    agreeing,
    box_of,
    strange,
    worded,
)
from maquette.agents.judging.composed.sources import Pixels, Sources
from maquette.model_servers.schemas.text_rendering import PlacedBlock
from maquette.records.geometry import Box

if TYPE_CHECKING:
    from maquette.tools.art.scene import PlacedThing, Scene

SIDE_PX = 1024
"""The long side at which pictures are compared: larger ones are made smaller first."""
SHOWN, HIDDEN = 0.6, 0.45
"""A thing is there from this share of it that is seen, and hidden below the other."""
ALIKE, OTHER = 0.96, 0.85
"""What is seen of it is the thing from this share of agreeing pixels, and another below that."""
RIM = 0.08
"""How wide a rim round a thing is looked at, in square roots of its area: there a larger thing of
the same colour would show."""
CLEAN_RIM, BROKEN_RIM = 0.9, 0.75
"""The same shares of agreeing pixels for the rim."""
PROBE = "#a020c8"
"""A colour that hardly any thing has: what differs from it is a thing's main part."""
LEAST_PART = 0.12
"""Share of what is seen of a thing from which a part may give it its colour."""
FEWEST_PX = 16
"""Of a thing that covers fewer pixels nothing can be said."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A thing of the document, as the picture shows it."""

    thing: PlacedThing
    order: int
    """Its place from back to front: whoever has the higher one lies in front."""
    whole: Mask
    """(H, W): where it would be seen if nothing lay before it."""
    visible: Mask
    """(H, W): where nothing covers it."""
    shown: float
    """Share of it that nothing covers, 0 to 1."""
    alike: float
    """Share of what is seen of it that looks as it should, 0 to 1."""
    rim: float
    """The same of what lies just round it: its outline is its own."""

    @property
    def there(self) -> bool | None:
        """Whether the picture shows it; None: that cannot be told."""
        if not self.whole.any() or self.shown < HIDDEN:
            return False
        if self.alike < OTHER or self.rim < BROKEN_RIM:
            return False
        enough = self.shown >= SHOWN and self.alike >= ALIKE and self.rim >= CLEAN_RIM
        return True if enough and self.whole.sum() >= FEWEST_PX else None

    @property
    def box(self) -> Box | None:
        """Where it is seen, or else would be; None: it covers nothing."""
        for mask in (self.visible, self.whole):
            if mask.any():
                return box_of(mask)
        return None

    @property
    def told(self) -> str:
        """What of it is seen, in words."""
        if not self.whole.any():
            return "it covers no pixel"
        if self.shown < SHOWN:
            return f"{1 - self.shown:.0%} of it is covered"
        if self.alike < ALIKE:
            return f"only {self.alike:.0%} of what is seen there looks like it"
        if self.rim < CLEAN_RIM:
            return f"only {self.rim:.0%} of its outline is as it should be"
        return f"{self.shown:.0%} of it is seen, and looks as it should"


@dataclass(frozen=True)
class View:
    """A picture beside its document."""

    scene: Scene
    picture: Pixels
    """(H, W, 3), at the size that was compared."""
    things: tuple[Seen, ...]
    """As listed in the document."""
    strange: tuple[Box, ...]
    """Where the picture shows what the document does not explain, the largest first."""
    words: tuple[Box, ...] = ()
    """Where words stand."""

    @property
    def things_placed(self) -> tuple[PlacedThing, ...]:
        """The things of the document, as listed."""
        return tuple(one.thing for one in self.things)


def look(
    scene: Scene, picture: Pixels, placed: Sequence[PlacedBlock] | None, sources: Sources
) -> View:
    """Compare a picture with its document, painted again.

    Args:
        picture: (H, W, 3), as large as the document says.
        placed: where its words were set, when that is known.
    Raises: as ``sources`` do.
    """
    expected = sources.whole(scene, scene.width_px, scene.height_px)
    small, wanted = _smaller(picture), _smaller(expected)
    height, width = small.shape[:2]
    agree = agreeing(small, wanted)
    scale = width / scene.width_px
    told = None if placed is None else [_scaled(block, scale) for block in placed]
    zone = worded((height, width), scene.words, told)
    covered = zone & ~agree
    solids = [
        sources.alone(scene, k, width, height)[..., 3] >= 128 for k in range(len(scene.things))
    ]
    things = _seen(scene, solids, agree, covered)
    blocks = scene.words if placed is None else placed
    return View(scene, small, things, strange(~agree & ~zone), tuple(block.box for block in blocks))


def main_part(view: View, seen: Seen, sources: Sources) -> Mask:
    """Where that part of a thing is seen which has its colour, (H, W): the frame of a bicycle, the
    petals of a flower.

    It is the part that changes when the thing is painted in another colour than its natural one:
    in the document's, or where that changes hardly anything in one of its own. Where that changes
    hardly anything, too, it is all that is seen.

    Raises: as ``sources`` do.
    """
    height, width = seen.visible.shape
    index = next(k for k, one in enumerate(view.things) if one is seen)

    def painted(colour: str | None) -> NDArray[np.int16]:
        pixels = sources.alone(_coloured(view.scene, index, colour), index, width, height)
        return pixels[..., :3].astype(np.int16)

    natural = painted(None)
    for colour in filter(None, (seen.thing.colour, PROBE)):
        part = seen.visible & (np.abs(painted(colour) - natural).max(axis=2) > TOLERANCE)
        if part.sum() >= LEAST_PART * seen.visible.sum():
            return part
    return seen.visible


def _coloured(scene: Scene, index: int, colour: str | None) -> Scene:
    things = list(scene.things)
    things[index] = things[index].model_copy(update={"colour": colour, "pattern": None})
    return scene.model_copy(update={"things": tuple(things)})


def _seen(scene: Scene, solids: Sequence[Mask], agree: Mask, covered: Mask) -> tuple[Seen, ...]:
    """Each thing, with what lies in front of it taken away."""
    front = covered.copy()
    backwards = sorted(range(len(solids)), key=lambda k: (scene.things[k].layer, k), reverse=True)
    seen: dict[int, Seen] = {}
    for place, k in enumerate(backwards):
        visible = solids[k] & ~front
        rim = _rim(solids[k]) & ~front
        front |= solids[k]
        seen[k] = Seen(
            thing=scene.things[k],
            order=len(solids) - place,
            whole=solids[k],
            visible=visible,
            shown=float(visible.sum() / max(1, solids[k].sum())),
            alike=float(agree[visible].mean()) if visible.any() else 0.0,
            rim=float(agree[rim].mean()) if rim.any() else 1.0,
        )
    return tuple(seen[k] for k in range(len(solids)))


def _rim(solid: Mask) -> Mask:
    """What lies just round a mask."""
    import cv2

    side = 2 * max(2, round(RIM * float(np.sqrt(solid.sum())))) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.dilate(solid.astype(np.uint8), kernel), bool) & ~solid


def _smaller(picture: Pixels) -> Pixels:
    """At most ``SIDE_PX`` on the long side, each pixel the mean of those it stands for."""
    import cv2

    height, width = picture.shape[:2]
    share = SIDE_PX / max(height, width)
    if share >= 1:
        return picture
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _scaled(block: PlacedBlock, scale: float) -> PlacedBlock:
    return block.model_copy(update={"size_px": max(1, round(block.size_px * scale))})
