"""What a place in a tool's arguments takes, and which outputs fit there."""

from __future__ import annotations

import pytest

from maquette.agents.validation.ports import ATTACHED, Path, Source, output, target
from maquette.tools.contract import Modality
from maquette.tools.registry import Registry


@pytest.mark.parametrize(
    ("tool", "path", "modalities", "types"),
    [
        ("draw", ("prompt",), {Modality.TEXT}, {"string"}),
        ("draw", ("concept",), {Modality.IMAGE}, {"object"}),
        ("draw", ("steps",), {Modality.JSON}, {"number"}),
        ("draw", ("layout",), {Modality.JSON}, {"array"}),
        ("draw", ("layout", 0), {Modality.JSON}, {"object"}),
        ("draw", ("layout", 3, "phrase"), {Modality.TEXT}, {"string"}),
        ("draw", ("layout", 3, "box", "x0"), {Modality.JSON}, {"number"}),
        ("cut_out", ("mask",), {Modality.MASK}, {"object"}),
        ("typeset", ("art",), {Modality.IMAGE}, {"object"}),
    ],
)
def test_a_place_takes_what_its_tool_declares(
    registry: Registry, tool: str, path: Path, modalities: set[Modality], types: set[str]
) -> None:
    """However deep in the arguments; whole numbers are numbers, and null is no type."""
    place = target(registry.get(tool), path)
    assert place is not None
    assert (place.modalities, place.types) == (modalities, types)


@pytest.mark.parametrize(
    ("tool", "path"),
    [("draw", ("nothing",)), ("draw", ("prompt", 0)), ("draw", ("layout", 0, "colour"))],
)
def test_there_is_no_place_that_is_not_declared(registry: Registry, tool: str, path: Path) -> None:
    """Nothing is taken where the tool has no argument."""
    assert target(registry.get(tool), path) is None


@pytest.mark.parametrize(
    ("source", "port", "tool", "name", "fits"),
    [
        ("draw", "image", "enlarge", "image", True),
        ("draw", "image", "cut_out", "mask", False),
        ("segment", "mask", "cut_out", "mask", True),
        ("segment", "mask", "cut_out", "image", False),
        ("read_text", "text", "draw", "prompt", True),
        ("read_text", "text", "enlarge", "factor", False),
        ("draw", "image", "draw", "prompt", False),
    ],
)
def test_outputs_fit_by_modality_and_type(
    registry: Registry, source: str, port: str, tool: str, name: str, fits: bool
) -> None:
    """A picture goes where pictures go, a mask where masks do, and words are no number."""
    place = target(registry.get(tool), (name,))
    assert place is not None
    assert place.accepts(output(registry.get(source), port, f"a.{port}")) is fits


@pytest.mark.parametrize(
    ("tool", "name", "fits"),
    [("enlarge", "image", True), ("cut_out", "mask", True), ("draw", "prompt", False)],
)
def test_what_is_attached_may_be_a_picture_or_a_mask(
    registry: Registry, tool: str, name: str, fits: bool
) -> None:
    """The person says which by where it is used; it is never words."""
    place = target(registry.get(tool), (name,))
    source = Source("inputs.0", ATTACHED, frozenset({"object"}))
    assert place is not None and place.accepts(source) is fits
