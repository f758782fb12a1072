"""Artifacts: upload, metadata, bytes with our own ETag and ranges, and how each was made."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from maquette.api.desk.decoding import admit
from maquette.api.desk.doors import Context, Doors
from maquette.api.desk.thumbnails import MAX_WIDTH_PX, MIN_WIDTH_PX
from maquette.api.http.errors import InvalidFields
from maquette.api.http.preferences import matches
from maquette.api.http.ranges import asked_range
from maquette.api.http.uploads import FIELD, sent_picture
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import MaquetteError, NotFound

router = APIRouter(prefix="/api/v1/artifacts", tags=["artifacts"])

SHA256 = re.compile(r"[0-9a-f]{64}")

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
async def upload(doors: Context, request: Request) -> Response:
    """Take one picture. It is kept as a PNG of its pixels alone, so its hash is a new one."""
    limits = doors.settings.limits
    try:
        max_bytes = limits.max_upload_bytes
        async with sent_picture(request, max_bytes=max_bytes) as sent, doors.decoding:
            png = await admit(await sent.read(), max_pixels=limits.max_pixels, max_bytes=max_bytes)
        ref = await doors.store.put(png, owner=doors.owner)
    except MaquetteError:
        doors.activity.uploaded("refused")
        raise
    doors.activity.uploaded("taken")
    headers = {"Location": f"/api/v1/artifacts/{ref.sha256}"}
    return JSONResponse(artifact_view(ref), status_code=201, headers=headers)


@router.get("/{sha256}")
@router.head("/{sha256}", include_in_schema=False)
async def artifact(doors: Context, request: Request, sha256: str) -> Response:
    """What is known of an artifact without its bytes."""
    ref = await _stat(doors, sha256)
    headers = {"ETag": f'"{ref.sha256}-meta"', "Cache-Control": "private, max-age=60"}
    if matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return JSONResponse(artifact_view(ref), headers=headers)


@router.get("/{sha256}/content")
@router.head("/{sha256}/content", include_in_schema=False)
async def content(
    doors: Context,
    request: Request,
    sha256: str,
    w: Annotated[int | None, Query(ge=MIN_WIDTH_PX, le=MAX_WIDTH_PX)] = None,
) -> Response:
    """The bytes; ``w`` gives a thumbnail of that width. Ranges, ETags and HEAD as in RFC 9110."""
    ref = await _stat(doors, sha256)
    etag = f'"{ref.sha256}"' if w is None else f'"{ref.sha256}-w{w}"'
    media_type = ref.media_type if w is None else "image/png"
    headers = {
        "ETag": etag,
        "Cache-Control": "private, max-age=31536000, immutable",
        "Accept-Ranges": "bytes",
        "Content-Disposition": _disposition(ref.sha256, media_type),
    }
    if media_type not in SHOWN_INLINE:
        media_type = "application/octet-stream"
    if matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    if w is None:
        body = await doors.store.get(ref.sha256, owner=doors.owner)
    else:
        body = await _thumbnail(doors, ref, w)
    size = len(body)
    wanted = request.headers.get("range") if request.method == "GET" else None
    condition = request.headers.get("if-range")
    if condition is not None and condition != etag:
        wanted = None
    part = asked_range(wanted, size)
    start, stop = part or (0, size)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    headers["Content-Length"] = str(stop - start)
    data = b"" if request.method == "HEAD" else body[start:stop]
    return Response(
        data, status_code=200 if part is None else 206, headers=headers, media_type=media_type
    )


@router.get("/{sha256}/lineage")
async def lineage(doors: Context, sha256: str) -> dict[str, Any]:
    """The step that made an artifact, with its tool, seed and parents; an upload has none."""
    ref = await _stat(doors, sha256)
    made = await doors.store.lineage(ref.sha256, owner=doors.owner)
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


async def _stat(doors: Doors, sha256: str) -> ArtifactRef:
    if not SHA256.fullmatch(sha256):
        raise NotFound(
            f"there is no artifact {sha256[:80]!r}",
            hint="an artifact's name is its SHA-256: 64 hexadecimal digits, lower case",
        )
    return await doors.store.stat(sha256, owner=doors.owner)


async def _thumbnail(doors: Doors, ref: ArtifactRef, width_px: int) -> bytes:
    known = doors.thumbnails.known(doors.owner, ref.sha256, width_px)
    if known is not None:
        return known
    if not ref.media_type.startswith("image/"):
        raise InvalidFields(
            f"this artifact is {ref.media_type}; only pictures have thumbnails",
            [{"parameter": "w", "detail": "only pictures have thumbnails", "value": str(width_px)}],
            hint="ask for the content without w=",
        )
    data = await doors.store.get(ref.sha256, owner=doors.owner)
    return await doors.thumbnails.make(doors.owner, ref.sha256, data, width_px)


def _disposition(sha256: str, media_type: str) -> str:
    kind = "inline" if media_type in SHOWN_INLINE else "attachment"
    return f'{kind}; filename="{sha256[:12]}.{SHOWN_INLINE.get(media_type, "bin")}"'
