"""What is known of a judged picture from the calls that made it."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from maquette.model_servers.schemas.text_rendering import PlacedBlock
from maquette.records.artifact import ArtifactRef
from maquette.records.geometry import Box
from maquette.records.plan import Loop


def placed_words(loop: Loop, values: dict[str, Any]) -> list[PlacedBlock] | None:
    """The exact boxes of the words that were set, if the judged step tells them."""
    blocks = values.get(f"{loop.result.split('.', 1)[0]}.blocks")
    if not isinstance(blocks, list):
        return None
    return [PlacedBlock.model_validate(block) for block in blocks]


def composed_from(loop: Loop, values: dict[str, Any]) -> ArtifactRef | None:
    """The scene document of the judged picture, if the step that made it tells one."""
    value = values.get(f"{loop.result.split('.', 1)[0]}.scene")
    if not isinstance(value, dict) or "sha256" not in value:
        return None
    return ArtifactRef.model_validate(value)


def drawn_part(loop: Loop) -> Box | None:
    """Where on the judged sheet the drawing is, if the call that made it says so."""
    maker = loop.result.split(".", 1)[0]
    call = next((one for one in loop.body if one.id == maker), None)
    value = call.arguments.get("art_box") if call and "art" in call.arguments else None
    try:
        return None if value is None else Box.model_validate(value)
    except ValidationError:  # A reference, or no box: then the whole sheet is looked at.
        return None
