"""A composed picture as SVG: what ``-o FILE.svg`` asks for, and where it is found."""

from __future__ import annotations

from pathlib import Path

from maquette.api.client import MaquetteClient
from maquette.records.artifact import SVG, ArtifactRef
from maquette.records.errors import InvalidInput

ENDING = ".svg"
ART, DRAWN, AUTO = "art", "drawn", "auto"


def wants_vector(output: Path | None) -> bool:
    """Whether a file name asks for a vector picture."""
    return output is not None and output.suffix.lower() == ENDING


def source_for(output: Path | None, source: str) -> str:
    """The source of a request: art, where the file is to be SVG and none was chosen.

    Raises: InvalidInput: a drawing was asked for, which has no shapes.
    """
    if not wants_vector(output) or source == ART:
        return source
    if source == DRAWN:
        raise InvalidInput(
            f"{output} is to be SVG, but a drawing has pixels, not shapes",
            hint="leave out --source drawn, or save it as PNG",
        )
    return ART


async def vector_of(client: MaquetteClient, picture: ArtifactRef) -> ArtifactRef:
    """The SVG of a composed picture, by its lineage.

    Raises: InvalidInput: it was not composed, so there is none.
    """
    made = await client.lineage(picture.sha256)
    for sha256 in made.parents if made else ():
        parent = await client.artifact(sha256)
        if parent.media_type == SVG:
            return parent
    raise InvalidInput(
        "this picture was not composed of art, so there is no SVG of it",
        hint=f"it is kept as PNG: maquette artifact get {picture.sha256} -o picture.png",
    )
