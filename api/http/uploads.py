"""Reading one picture out of a multipart body."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from python_multipart.exceptions import FormParserError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from maquette.api.http.errors import BodyTooLarge, InvalidFields, MalformedBody

FIELD = "file"

_HINT = f"send one picture in the field {FIELD!r}, as in: curl -F {FIELD}=@picture.png ADDRESS"


@asynccontextmanager
async def sent_picture(request: Request, *, max_bytes: int) -> AsyncIterator[UploadFile]:
    """The file in the field ``file``, on disk when it is large, until it is read.

    Raises: MalformedBody: not a multipart body. InvalidFields: the field is missing, or there
        are others. BodyTooLarge: more than ``max_bytes``.
    """
    try:
        async with request.form(max_files=1, max_fields=1, max_part_size=10_000) as form:
            names = sorted(form)
            found = form.get(FIELD)
            if names != [FIELD] or not isinstance(found, UploadFile):
                raise _wrong_fields(names)
            if (found.size or 0) > max_bytes:
                raise BodyTooLarge(
                    f"the file is larger than the {max_bytes:,} bytes that are taken",
                    hint="scale the picture down, or save it as JPEG",
                )
            yield found
    except (MultiPartException, FormParserError, HTTPException, KeyError) as error:
        raise MalformedBody("the multipart body cannot be read", hint=_HINT) from error


def _wrong_fields(names: list[str]) -> InvalidFields:
    shown = ", ".join(repr(name[:40]) for name in names) or "none"
    sentence = f"the form has the fields {shown}; expected exactly one file in the field {FIELD!r}"
    return InvalidFields(sentence, [{"pointer": f"/{FIELD}", "detail": sentence}], hint=_HINT)
