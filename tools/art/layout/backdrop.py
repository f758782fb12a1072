"""What lies behind where nothing was asked: a place that suits the things, or a soft colour."""

from __future__ import annotations

from collections.abc import Sequence

from maquette.tools.art.scene import Background, BackgroundKind
from maquette.words.colours import Rgb, distance, from_hex

SOFT: tuple[tuple[str, str], ...] = (
    ("#bfe0fa", "#eef7ff"),
    ("#ffe3b8", "#fff6e2"),
    ("#cdebcf", "#f1faef"),
    ("#ffd3d6", "#fff0ef"),
    ("#dcd3f7", "#f5f1ff"),
    ("#c3ebe6", "#effaf8"),
    ("#f9e79a", "#fffae0"),
)
"""Upper and lower end of gentle backgrounds."""
OUTDOORS: dict[BackgroundKind, tuple[str, ...]] = {
    "meadow": ("animal-mammal", "animal-bug", "animal-bird", "animal-reptile", "animal-amphibian",
               "plant-other", "plant-flower", "place-building", "sky-weather", "person", "family",
               "animal", "plant"),
    "sea": ("animal-marine", "transport-water", "sky-weather"),
    "city": ("transport-ground", "place-building", "person-role", "person", "sky-weather"),
    "room": ("animal-mammal", "household", "light-video", "computer", "musical-instrument", "game",
             "book-paper", "person", "person-role"),
    "night sky": ("sky-weather", "transport-air"),
}  # fmt: skip
"""Places, and the groups of things of which all must be for it to suit."""
ANCHORS = ("animal-mammal", "animal-reptile", "animal-amphibian", "animal-bird", "plant-other",
           "place-building", "place-geographic", "place-religious", "place-other",
           "transport-ground", "person-role")  # fmt: skip
"""Kinds that stand outdoors on their own; where most are, the others may lie there, too."""
BESIDE = ("animal-bug", "plant-flower", "food-fruit", "food-vegetable", "sport", "household",
          "tool", "sky-weather", "transport-air", "animal", "plant", "person", "event", "emotion",
          "food-prepared")  # fmt: skip
OVERLOOKED = ("plant-", "place-")
"""Kinds that reach above the ground, so that its colour does not swallow them."""
FLOORS: dict[str, str] = {
    "meadow": "#6fae45", "sea": "#2f8fd0", "city": "#7d848e", "room": "#b9824f",
    "night sky": "#16224f",
}  # fmt: skip
APART = 0.1
"""Least OKLab distance of a thing's colour from the ground behind it."""
SKIES = (None, "#a8e0dc", "#fbd3b4", "#c9c4f4")
"""Skies of landscapes by variant; None is the usual one."""


def backdrop(
    groups: Sequence[str], colours: Sequence[Rgb], words: bool, variant: int
) -> Background:
    """The background of a panel without a wish.

    Args:
        groups: the packs' word for the kind of each thing.
        colours: the main colour of each thing.
        words: whether letters stand over it: then it is quiet.
        variant: every other one is a plain shade, the others a place, in another light each.
    """
    kind = None if words else _place(groups, colours)
    if kind is not None and variant % 2 == 0:
        sky = None if kind in ("night sky", "room") else SKIES[variant // 2 % len(SKIES)]
        return Background(kind=kind, colour=sky)
    ranked = sorted(SOFT, key=lambda pair: -min(
        (distance(from_hex(pair[0]), colour) for colour in colours), default=0.0))  # fmt: skip
    top, below = ranked[variant // (2 if kind else 1) % 4]
    return Background(kind="gradient", colour=top, second=below)


def in_other_light(background: Background, variant: int) -> Background:
    """A landscape that was asked for without a colour, in the light of a variant."""
    if background.colour or background.kind in ("plain", "gradient", "night sky", "room"):
        return background
    sky = SKIES[variant % len(SKIES)]
    return background.model_copy(update={"colour": sky})


def _place(groups: Sequence[str], colours: Sequence[Rgb]) -> BackgroundKind | None:
    for kind, members in OUTDOORS.items():
        suits = all(group in members for group in groups) and any(
            group != "sky-weather" or kind == "night sky" for group in groups
        )
        if suits and _seen_on(kind, groups, colours):
            return kind
    outdoors = sum(group in ANCHORS for group in groups)
    known = all(group in ANCHORS or group in BESIDE for group in groups)
    if known and 2 * outdoors >= len(groups) and _seen_on("meadow", groups, colours):
        return "meadow"
    return None


def _seen_on(kind: str, groups: Sequence[str], colours: Sequence[Rgb]) -> bool:
    """Whether the ground of a place swallows none of the things."""
    floor = from_hex(FLOORS[kind])
    return all(
        group.startswith(OVERLOOKED) or distance(colour, floor) >= APART
        for group, colour in zip(groups, colours, strict=True)
    )
