"""Pictures from outside: the header is checked here, the decoding happens in a helper process.

The helper has little memory, little time, no files to write and an empty environment. It is
given the bytes on stdin and answers a clean PNG on stdout, so nothing of the original file
but its pixels ever reaches the store.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress

from maquette.records.errors import MediaRejected, TryAgain

HELPER = "maquette.api.admission_helper"
WALL_S = 20.0

_HINT = "send a PNG, JPEG, WebP, GIF or BMP picture; saving it again as PNG often helps"


async def admit(data: bytes, *, max_pixels: int, max_bytes: int) -> bytes:
    """The picture as our own PNG: turned upright, metadata stripped.

    Raises: MediaRejected: not a picture we take, broken, too many pixels or bytes, or it
        took more memory or time than a picture of its size should.
    """
    _check_header(data, max_pixels=max_pixels, max_bytes=max_bytes)
    helper = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-m",
        HELPER,
        str(max_pixels),
        str(max_bytes),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"},
    )
    try:
        async with asyncio.timeout(WALL_S):
            png, complaint = await helper.communicate(data)
    except TimeoutError as error:
        raise MediaRejected(f"reading this picture took over {WALL_S:.0f} s", hint=_HINT) from error
    finally:
        if helper.returncode is None:
            with suppress(ProcessLookupError):
                helper.kill()
            await helper.wait()
    if helper.returncode == 0 and png.startswith(b"\x89PNG\r\n\x1a\n"):
        return png
    raise _refusal(complaint)


def _check_header(data: bytes, *, max_pixels: int, max_bytes: int) -> None:
    from maquette.infra.media import sniff

    if not data:
        raise MediaRejected("the file is empty", hint=_HINT)
    if len(data) > max_bytes:
        raise MediaRejected(
            f"the file has {len(data):,} bytes; at most {max_bytes:,} are taken",
            hint="scale the picture down",
        )
    info = sniff(data)
    if not info.media_type.startswith("image/"):
        raise MediaRejected(f"the file looks like {info.media_type}, not a picture", hint=_HINT)
    pixels = (info.width_px or 0) * (info.height_px or 0)
    if pixels > max_pixels:
        raise MediaRejected(
            f"the picture is {info.width_px:,} x {info.height_px:,} = {pixels:,} pixels; "
            f"at most {max_pixels:,} are taken",
            hint="scale the picture down, for example to 2,000 pixels on the long side",
        )


def _refusal(complaint: bytes) -> Exception:
    """What the helper said, if it could still speak."""
    try:
        said = json.loads(complaint.decode().strip().splitlines()[-1])
        kind, message = str(said["kind"]), str(said["message"])[:400]
        hint = str(said["hint"])[:400] or _HINT
    except (ValueError, KeyError, IndexError, TypeError):
        return MediaRejected("the picture is broken, or too costly to read", hint=_HINT)
    if kind == "busy":
        return TryAgain(message, hint=hint)
    return MediaRejected(message, hint=hint)
