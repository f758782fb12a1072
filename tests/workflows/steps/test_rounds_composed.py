"""A round shows the judges the document of a picture that was composed."""

from __future__ import annotations

from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Exists
from maquette.records.plan import Call, Loop
from maquette.workflows.steps.judged_parts import composed_from

SCENE = ArtifactRef(sha256="b" * 64, media_type="application/json", size_bytes=9)
LOOP = Loop(
    id="poster",
    body=(Call(id="sheet", tool="compose"), Call(id="frame", tool="typeset")),
    result="sheet.image",
    criteria=(Exists(id="there", thing="cat"),),
)


def test_the_document_is_that_of_the_step_that_made_the_picture() -> None:
    """Told by its port ``scene``; a picture of another step was not composed from it."""
    values = {"sheet.image": {}, "sheet.scene": SCENE.model_dump(mode="json")}
    assert composed_from(LOOP, values) == SCENE
    assert composed_from(LOOP.model_copy(update={"result": "frame.image"}), values) is None


def test_a_drawn_picture_has_no_document() -> None:
    """Nor has one whose step tells something else under that name."""
    assert composed_from(LOOP, {"sheet.image": {}}) is None
    assert composed_from(LOOP, {"sheet.scene": "a meadow"}) is None
