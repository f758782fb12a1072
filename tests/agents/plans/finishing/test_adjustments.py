"""Sizes of attached pictures: exact, drawn anew where there is a document, refused where too
large."""

from __future__ import annotations

import pytest

from maquette.agents.plans.finishing.adjustments import adjusted_plan
from maquette.agents.reading.labelled.edits.adjusting import Adjustment
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import InvalidInput
from maquette.records.plan import Call
from maquette.tools.art.scene import Scene

REF = ArtifactRef(
    sha256="a" * 64, media_type="image/png", size_bytes=9, width_px=512, height_px=256
)
SCENE = Scene(width_px=512, height_px=256)


def calls(*adjustments: Adjustment, scene: Scene | None = None) -> list[tuple[str, dict]]:
    plan = adjusted_plan(None, adjustments, REF, scene=scene)
    found = [node for node in plan.nodes if isinstance(node, Call)]
    return [(c.tool, {k: v for k, v in c.arguments.items() if k != "image"}) for c in found]


@pytest.mark.parametrize(
    ("arguments", "size"),
    [
        ({"width_px": 1024, "height_px": 1024}, (1024, 1024)),
        ({"width_px": 1000}, (1000, 500)),
        ({"height_px": 100}, (200, 100)),
        ({"scale": 0.5}, (256, 128)),
    ],
)
def test_a_composed_picture_is_drawn_anew_in_exactly_that_size(arguments, size) -> None:
    """The other side follows in proportion; without a document the pixels are resized."""
    asked = Adjustment("resize", arguments)
    assert calls(asked, scene=SCENE) == [
        ("resize_scene", {"width_px": size[0], "height_px": size[1]})
    ]
    assert [tool for tool, _ in calls(asked)] == ["resize"]


def test_of_changed_pixels_there_is_no_document() -> None:
    """After a mirror the pixels are resized; before it the document is."""
    size, mirror = Adjustment("resize", {"width_px": 300}), Adjustment("mirror", {})
    assert [tool for tool, _ in calls(size, mirror, scene=SCENE)] == ["resize_scene", "mirror"]
    assert [tool for tool, _ in calls(mirror, size, scene=SCENE)] == ["mirror", "resize"]


def test_a_sheet_too_small_to_be_drawn_is_resized() -> None:
    """Documents are drawn from 64 px a side on."""
    small = Adjustment("resize", {"width_px": 100})
    assert calls(small, scene=SCENE) == [("resize", {"width_px": 100})]


def test_a_factor_is_planned_as_said_where_the_result_fits() -> None:
    """512 px eight times are 4096 px and fit; nine times, or after a growth, they do not."""
    assert calls(Adjustment("enlarge", {"factor": 8})) == [("enlarge", {"factor": 8})]
    with pytest.raises(InvalidInput, match="enlarged 9 times is 4608 x 2304 px") as error:
        calls(Adjustment("enlarge", {"factor": 9}))
    assert error.value.hint == "Ask for 8 times at most."
    with pytest.raises(InvalidInput, match="3072 x 1536 px enlarged 2 times"):
        calls(Adjustment("enlarge", {"factor": 6}), Adjustment("enlarge", {"factor": 2}))
