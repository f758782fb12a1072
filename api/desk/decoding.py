"""Pictures from outside: the header is checked here, the decoding happens in a helper process.

The helper has little memory, little processor time, no files to write and an empty environment.
It is given the bytes on stdin and answers a clean PNG on stdout, so nothing of the original file
but its pixels ever reaches the store.

A picture is refused only for what it is. The processor time it takes is its own; the time on the
wall, a process that cannot start, and one killed from outside are the machine's.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress

from maquette.infra.media.admit import check_picture
from maquette.records.errors import MediaRejected, Overloaded

HELPER = "maquette.api.desk.decoding_helper"
WALL_S = 300.0
"""Many times the processor time a picture may take: other work may hold the processors."""

_HINT = "open it in a viewer and save it again as PNG"


async def admit(data: bytes, *, max_pixels: int, max_bytes: int) -> bytes:
    """The picture as our own PNG: sRGB, turned upright, metadata stripped.

    Raises: MediaRejected: not a picture we take, broken, too many pixels or bytes, or it
        took more memory or processor time than a picture of its size should. Overloaded: the
        machine has no time or memory for it now.
    """
    check_picture(data, max_pixels=max_pixels, max_bytes=max_bytes)
    try:
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
    except OSError as error:
        raise _busy() from error
    try:
        async with asyncio.timeout(WALL_S):
            png, complaint = await helper.communicate(data)
    except TimeoutError as error:
        raise _busy() from error
    finally:
        if helper.returncode is None:
            with suppress(ProcessLookupError):
                helper.kill()
            await helper.wait()
    if helper.returncode == 0 and png.startswith(b"\x89PNG\r\n\x1a\n"):
        return png
    if helper.returncode == -signal.SIGKILL:
        raise _busy()
    raise _refusal(complaint)


def _busy() -> Overloaded:
    return Overloaded("the machine is too busy to read this picture now", hint="send it again")


def _refusal(complaint: bytes) -> MediaRejected:
    """What the helper said, if it could still speak."""
    try:
        said = json.loads(complaint.decode().strip().splitlines()[-1])
        return MediaRejected(str(said["message"])[:400], hint=str(said["hint"])[:400] or _HINT)
    except (ValueError, KeyError, IndexError, TypeError):
        return MediaRejected("the picture is broken, or too costly to read", hint=_HINT)
