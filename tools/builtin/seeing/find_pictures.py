"""The ``find_pictures`` tool: the owner's own pictures, by words."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maquette.infra.index.stored import StoredIndex
from maquette.model_servers.client.contract import RoleName
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.library.library import PictureLibrary
from maquette.tools.spec import tool


class FoundPicture(Record):
    """A picture, and how likely it is what the words ask for, 0 to 1."""

    image: Image
    score: float
    text: str = Field(default="", description="the words it was made from")


class FoundPictures(Record):
    """Pictures, best first, and the same as lines of text."""

    images: tuple[ArtifactRef, ...]
    pictures: tuple[FoundPicture, ...]
    text: Text


@tool(
    "find_pictures",
    version="3",
    cost_s=0.3,
    timeout_s=60.0,
    roles=(RoleName.EMBEDDING,),
    deterministic=False,
)
async def find_pictures(
    ctx: ToolContext,
    *,
    text: Annotated[Text, Field(min_length=1, max_length=2_000)],
    k: Annotated[int, Field(ge=1, le=50)] = 5,
) -> FoundPictures:
    """Find pictures made or uploaded before that show what the words say."""
    library = PictureLibrary(StoredIndex(ctx.store), ctx.models)
    found = await library.find(text, owner=ctx.owner, k=k)
    ctx.spent(found.forward_s)
    for warning in found.warnings:
        ctx.warn(warning)
    pictures = tuple(
        FoundPicture(image=hit.entry.ref, score=hit.score, text=hit.entry.text)
        for hit in found.hits
    )
    lines = [f"{one.score:.2f} {one.image.sha256[:12]} {one.text}".rstrip() for one in pictures]
    images = tuple(one.image for one in pictures)
    return FoundPictures(
        images=images, pictures=pictures, text="\n".join(lines) or "no picture was found"
    )
