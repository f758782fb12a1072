"""Search: the owner's pictures by what they show."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from maquette.api.native.artifacts import artifact_view
from maquette.api.native.context import Context
from maquette.infra.index.entry import Hit, PictureKind
from maquette.tools.library.library import MAX_FOUND

router = APIRouter(prefix="/api/v1/artifacts", tags=["artifacts"])

MAX_QUERY = 2_000


@router.get("/search")
async def search(
    desk: Context,
    q: Annotated[str, Query(min_length=1, max_length=MAX_QUERY, description="what is shown")],
    k: Annotated[int, Query(ge=1, le=MAX_FOUND, description="how many, best first")] = 10,
    kind: Annotated[PictureKind | None, Query(description="only uploads, or results")] = None,
) -> dict[str, Any]:
    """Pictures that fit some words. ``by`` says what was compared: pictures, or their words."""
    found = await desk.library.find(q, owner=desk.owner, k=k, kind=kind)
    return {
        "object": "list",
        "data": [hit_view(hit) for hit in found.hits],
        "by": found.by.value,
        "warnings": list(found.warnings),
    }


def hit_view(hit: Hit) -> dict[str, Any]:
    """A picture found, as the API shows it."""
    entry = hit.entry
    return {
        "object": "artifact.hit",
        "score": round(hit.score, 6),
        "kind": entry.kind.value,
        "text": entry.text,
        "task_id": entry.task_id,
        "in_world": entry.in_world,
        "guard_score": entry.guard_score,
        "artifact": artifact_view(entry.ref),
    }
