"""A file as an answer, by Starlette; what it may not promise for us is mended here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starlette.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from maquette.api.http.errors import RangeUnsatisfiable


class VerifiedFile(FileResponse):
    """An unchanging file, named by the ETag in its headers, streamed in chunks.

    One range is honoured (RFC 9110, section 14). Several ones, and a Range that is not
    understood or comes with HEAD, are answered in full.

    Raises, when it is sent: RangeUnsatisfiable: the range begins behind the end.
    """

    max_ranges = 1

    def __init__(self, path: Path, *, size_bytes: int, headers: Mapping[str, str], media_type: str):
        super().__init__(path, headers=headers, media_type=media_type)
        self._size_bytes = size_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "HEAD":
            scope = _without_range(scope)

        async def checked(message: Message) -> None:
            status = message.get("status")
            if status == 416:
                raise RangeUnsatisfiable(
                    f"the artifact has {self._size_bytes:,} bytes; "
                    "no byte of it lies in the range asked for",
                    hint="ask without a Range header, or for bytes below the size",
                    size_bytes=self._size_bytes,
                )
            if status == 400:
                raise _NotUnderstood
            await send(message)

        try:
            await super().__call__(scope, receive, checked)
        except _NotUnderstood:
            await super().__call__(_without_range(scope), receive, send)


class _NotUnderstood(Exception):
    """The Range header is none; nothing was sent yet."""


def _without_range(scope: Scope) -> Scope:
    return {**scope, "headers": [(k, v) for k, v in scope["headers"] if k.lower() != b"range"]}
