"""A composed picture as SVG: what ``-o FILE.svg`` asks for, and where it is found."""

from __future__ import annotations

import re
from pathlib import Path

from maquette.api.client import MaquetteClient
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import InvalidInput, NotFound

ENDING = ".svg"
ART, DRAWN = "art", "drawn"
_VIEW_BOX = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')


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
    """The SVG of a composed picture.

    Raises: InvalidInput: it was not composed, so there is none.
    """
    try:
        return await client.vector(picture.sha256)
    except NotFound as error:
        raise InvalidInput(
            "this picture was not composed of art, so there is no SVG of it",
            hint=f"it is kept as PNG: maquette artifact get {picture.sha256} -o picture.png",
        ) from error


def painted(svg: bytes, width_px: int) -> bytes:
    """An SVG of ours as a PNG of this width, its aspect kept.

    Raises: InvalidInput: the width is not 1 to 4096, or the height that follows is not.
    """
    from maquette.infra.media.admit import encode_png
    from maquette.infra.vector.raster import rasterise

    text = svg.decode()
    match = _VIEW_BOX.search(text)
    if match is None:
        raise InvalidInput("this SVG tells no size", hint="save it as SVG")
    width, height = float(match[1]), float(match[2])
    picture = rasterise(text, width_px, max(1, round(width_px * height / width)))
    return encode_png(picture.convert("RGB"))
