"""The real sources: the packs that come along, painted and named."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.agents.judging.composed.sources import ArtSources
from maquette.records.geometry import Box
from maquette.tools.art.packs.table import all_packs
from maquette.tools.art.scene import PlacedThing, Scene

CAT, HOUSE = "noto:1f408", "noto:1f3e0"
SCENE = Scene(
    width_px=200,
    height_px=100,
    things=(
        PlacedThing(id="cat", thing=CAT, phrase="cat", box=Box(x0=0, y0=0, x1=0.4, y1=1)),
        PlacedThing(id="house", thing=HOUSE, phrase="house", box=Box(x0=0.5, y0=0, x1=1, y1=1)),
    ),
)


@pytest.mark.parametrize(
    ("thing", "phrase", "holds"),
    [
        (CAT, "cat", True),
        (CAT, "Cats", True),
        (CAT, "dog", False),
        (HOUSE, "cat", False),
        ("noto:nothing", "cat", False),
        ("nobody:1", "cat", False),
    ],
)
def test_things_are_called_by_their_names(thing: str, phrase: str, holds: bool) -> None:
    """In the singular or plural; what no pack has is called nothing."""
    assert ArtSources().named(thing, phrase) is holds


@pytest.mark.slow
def test_what_some_thing_is_called_is_known() -> None:
    """And a word that is none is not."""
    assert ArtSources().known("cats") and not ArtSources().known("flumph")


def test_packs_have_digests() -> None:
    """Those that are there, as they are now."""
    assert ArtSources().digest("noto") == all_packs()["noto"].digest
    assert ArtSources().digest("nobody") is None


def test_a_thing_alone_lies_where_it_lies_in_the_whole() -> None:
    """Where it is solid both show the same; outside its box there is nothing of it."""
    sources = ArtSources()
    whole = sources.whole(SCENE, 200, 100)
    alone = sources.alone(SCENE, 0, 200, 100)
    solid = alone[..., 3] == 255
    assert solid.sum() > 500 and not alone[:, 90:, 3].any()
    assert np.abs(whole[solid].astype(int) - alone[solid][:, :3]).max() <= 2
