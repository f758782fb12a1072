"""Reading requests: a body is strict JSON, checked against a model, before any work is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import BaseModel

from maquette.api.http.errors import UnsupportedMedia
from maquette.api.http.front_doors import JSON, intake_of
from maquette.api.http.strict_json import parse
from maquette.api.http.validation import check

ModelT = TypeVar("ModelT", bound=BaseModel)


def json_body(model: type[ModelT]) -> Callable[[Request], Awaitable[ModelT]]:
    """A dependency that reads the body as strict JSON and checks it against ``model``.

    Raises: UnsupportedMedia, MalformedBody, BodyTooLarge, InvalidFields.
    """

    async def read(request: Request) -> ModelT:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != JSON:
            raise UnsupportedMedia(
                f"the content type is {media_type[:80] or 'missing'}; expected application/json",
                hint="send the header 'Content-Type: application/json' and a JSON body",
            )
        limit = intake_of(request.scope).max_bytes
        return check(model, parse(await request.body(), max_bytes=limit))

    return read


def documented(model: type[BaseModel]) -> dict[str, Any]:
    """The request body for the OpenAPI document, since FastAPI does not read it itself."""
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": model.model_json_schema()}},
        }
    }


def query_model(route: object) -> type[BaseModel] | None:
    """The model that a route reads its query with; None where it has single parameters only."""
    if isinstance(route, APIRoute):
        for parameter in route.dependant.query_params:
            kind = parameter.field_info.annotation
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                return kind
    return None
