"""Artifacts: upload, metadata, bytes with our own ETag and ranges, and how each was made."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from maquette.api.desk import pictures
from maquette.api.desk.thumbnails import MAX_WIDTH_PX, MIN_WIDTH_PX
from maquette.api.http.files import VerifiedFile
from maquette.api.http.preferences import matches
from maquette.api.http.uploads import FIELD, sent_picture
from maquette.api.native.context import Context
from maquette.records.artifact import SVG, ArtifactRef
from maquette.records.errors import DiskFull

router = APIRouter(prefix="/api/v1/artifacts", tags=["artifacts"])

SHOWN_INLINE = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/avif": "avif",
    "application/json": "json",
    "text/plain": "txt",
}
"""Types served as what they are; anything else is bytes to be saved."""
SAVED = {SVG: "svg"}
"""Endings of what is only ever saved: a browser would run what is in it."""

UPLOAD_DOC = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FIELD],
                    "properties": {FIELD: {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.post("", status_code=201, openapi_extra=UPLOAD_DOC)
async def upload(desk: Context, request: Request) -> Response:
    """Take one picture. It is kept as a PNG of its pixels alone, so its hash is a new one."""
    async with sent_picture(request, max_bytes=desk.settings.limits.max_upload_bytes) as sent:
        ref = await pictures.keep(desk, sent.read)
    headers = {"Location": f"/api/v1/artifacts/{ref.sha256}"}
    return JSONResponse(artifact_view(ref), status_code=201, headers=headers)


@router.get("/{sha256}")
@router.head("/{sha256}", include_in_schema=False)
async def artifact(desk: Context, request: Request, sha256: str) -> Response:
    """What is known of an artifact without its bytes."""
    ref = await pictures.known(desk, sha256)
    headers = {"ETag": f'"{ref.sha256}-meta"', "Cache-Control": "private, max-age=60"}
    if matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return JSONResponse(artifact_view(ref), headers=headers)


@router.get("/{sha256}/content")
@router.head("/{sha256}/content", include_in_schema=False)
async def content(
    desk: Context,
    request: Request,
    sha256: str,
    w: Annotated[int | None, Query(ge=MIN_WIDTH_PX, le=MAX_WIDTH_PX)] = None,
) -> Response:
    """The bytes; ``w`` gives a thumbnail of that width. Ranges, ETags and HEAD as in RFC 9110."""
    ref = await pictures.known(desk, sha256)
    etag = f'"{ref.sha256}"' if w is None else f'"{ref.sha256}-w{w}"'
    media_type = ref.media_type if w is None else "image/png"
    headers = {
        "ETag": etag,
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Disposition": _disposition(ref.sha256, media_type),
    }
    if matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    if w is not None:
        return _whole(request, await pictures.thumbnail(desk, ref, w), headers, media_type)
    if media_type not in SHOWN_INLINE:
        media_type = "application/octet-stream"
    try:
        path = await pictures.as_file(desk, ref)
    except DiskFull:  # costs memory and ranges, not the picture
        whole = await desk.store.get(ref.sha256, owner=desk.owner)
        return _whole(request, whole, headers, media_type)
    return VerifiedFile(path, size_bytes=ref.size_bytes, headers=headers, media_type=media_type)


@router.get("/{sha256}/vector")
async def vector(desk: Context, sha256: str) -> dict[str, Any]:
    """The SVG of a composed picture, as an artifact of its own; a drawing has none."""
    ref = await pictures.known(desk, sha256)
    return artifact_view(await pictures.vector(desk, ref))


@router.get("/{sha256}/lineage")
async def lineage(desk: Context, sha256: str) -> dict[str, Any]:
    """The step that made an artifact, with its tool, seed and parents; an upload has none."""
    ref = await pictures.known(desk, sha256)
    made = await pictures.lineage(desk, ref)
    return {
        "object": "lineage",
        "sha256": ref.sha256,
        "origin": "upload" if made is None else "step",
        "made_by": None if made is None else made.model_dump(mode="json"),
    }


def artifact_view(ref: ArtifactRef) -> dict[str, Any]:
    """An artifact as the API shows it."""
    root = f"/api/v1/artifacts/{ref.sha256}"
    return {
        "object": "artifact",
        **ref.model_dump(mode="json"),
        "links": {"self": root, "content": f"{root}/content", "lineage": f"{root}/lineage"},
    }


def _whole(request: Request, data: bytes, headers: dict[str, str], media_type: str) -> Response:
    """Bytes in memory as an answer; to HEAD without them."""
    headers = headers | {"Content-Length": str(len(data))}
    body = b"" if request.method == "HEAD" else data
    return Response(body, headers=headers, media_type=media_type)


def _disposition(sha256: str, media_type: str) -> str:
    kind = "inline" if media_type in SHOWN_INLINE else "attachment"
    ending = (SHOWN_INLINE | SAVED).get(media_type, "bin")
    return f'{kind}; filename="{sha256[:12]}.{ending}"'
