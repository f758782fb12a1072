"""The table of doors: each has a body limit, content types and an error face of its own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import httpx2
import pytest
from api_fakes import BASE, TOKEN, build
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

from maquette.api.desk import tasks
from maquette.api.http.bodies import json_body
from maquette.api.http.front_doors import FORM, FrontDoor, FrontDoors, Intake
from maquette.api.http.problems import status_of
from maquette.api.native.context import Context
from maquette.api.schemas import TaskSubmission
from maquette.records.errors import MaquetteError

LIMIT = 300
"""Bytes the second door takes: far fewer than the native one."""


class Which(BaseModel):
    """The query of the second door; none of its words is one of the native door's."""

    model_config = ConfigDict(extra="forbid")

    colour: str = "red"


def toy_face(error: MaquetteError, *, instance: str, request_id: str) -> Response:
    """An error as another protocol would say it."""
    body = {"error": {"message": error.message, "code": error.code}}
    return JSONResponse(body, status_code=status_of(error))


def toy_door() -> FrontDoor:
    router = APIRouter(prefix="/toy/v1")

    @router.post("/pictures")
    async def picture(
        desk: Context, body: Annotated[TaskSubmission, Depends(json_body(TaskSubmission))]
    ) -> dict[str, Any]:
        return {"made": (await tasks.submit(desk, body)).id}

    @router.post("/files")
    async def file() -> dict[str, Any]:
        return {"taken": True}

    @router.get("/pictures")
    async def pictures(which: Annotated[Which, Query()]) -> dict[str, Any]:
        return {"colour": which.colour}

    @router.get("/broken")
    async def broken() -> None:
        raise RuntimeError("secret at /home/me/key.py")

    return FrontDoor(
        prefix="/toy",
        intake=Intake(LIMIT),
        apart={"/toy/v1/files": Intake(10 * LIMIT, (FORM,))},
        face=toy_face,
        routers=(router,),
    )


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    app, _, gateway, _, _ = build(tmp_path, more_doors=(toy_door(),))
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app),
        base_url=BASE,
        headers={"Authorization": f"Bearer {TOKEN}"},
    ) as client:
        yield client
    await gateway.close()


def toy_code(answer: httpx2.Response) -> str:
    """The code of an error of the second door, which has its face and nothing of the other's."""
    assert set(answer.json()) == {"error"}, answer.text
    assert answer.headers["content-type"] == "application/json"
    return str(answer.json()["error"]["code"])


async def test_each_door_has_its_own_limit(http: httpx2.AsyncClient) -> None:
    """A body that the native door takes is too large for the second, declared or not."""
    body = {"text": "a red circle " * 40}
    assert (await http.post("/api/v1/tasks", json=body)).status_code == 202
    answer = await http.post("/toy/v1/pictures", json=body)
    assert (answer.status_code, toy_code(answer)) == (413, "too_large")

    async def undeclared() -> AsyncIterator[bytes]:
        yield json.dumps(body).encode()

    kind = {"Content-Type": "application/json"}
    answer = await http.post("/toy/v1/pictures", content=undeclared(), headers=kind)
    assert (answer.status_code, toy_code(answer)) == (413, "too_large")
    assert (await http.post("/toy/v1/pictures", json={"text": "a boat"})).status_code == 200


async def test_a_path_may_take_another_kind_of_body(http: httpx2.AsyncClient) -> None:
    """Within a door the paths named apart have their own limit and content type."""
    form = {"file": ("a.png", b"x" * 2 * LIMIT)}
    assert (await http.post("/toy/v1/files", files=form)).status_code == 200
    answer = await http.post("/toy/v1/files", json={})
    assert (answer.status_code, toy_code(answer)) == (415, "unsupported_media_type")
    answer = await http.post("/toy/v1/pictures", files=form)
    assert (answer.status_code, toy_code(answer)) == (415, "unsupported_media_type")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("GET", "/toy/v1/nowhere", 404),
        ("DELETE", "/toy/v1/pictures", 405),
        ("GET", "/toy/v1/pictures?color=red", 422),
        ("POST", "/toy/v1/pictures", 422),
        ("GET", "/toy/v1/broken", 500),
    ],
)
async def test_every_error_has_the_face_of_its_door(
    http: httpx2.AsyncClient, verb: str, path: str, status: int
) -> None:
    """What goes wrong in the router, in a parameter, in a body or in a route is told by the
    door that was asked, and shows nothing of the inside."""
    more: dict[str, Any] = {"json": {"text": ""}} if verb == "POST" else {}
    answer = await http.request(verb, path, **more)
    assert answer.status_code == status, answer.text
    assert toy_code(answer)
    assert "secret" not in answer.text


async def test_the_gate_speaks_the_doors_words_too(http: httpx2.AsyncClient) -> None:
    """Who is refused before any route is asked is told by the door, and the native one stays."""
    stranger = {"Authorization": "Bearer nobody"}
    answer = await http.get("/toy/v1/pictures", headers=stranger)
    assert (answer.status_code, toy_code(answer)) == (401, "unauthorized")
    answer = await http.get("/toyland", headers=stranger)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_wrong_parameter_is_explained_by_its_own_route(http: httpx2.AsyncClient) -> None:
    """The names that are known are those of the route that was asked, in each door."""
    answer = await http.get("/toy/v1/pictures", params={"color": "red"})
    assert "did you mean 'colour'" in answer.json()["error"]["message"]
    answer = await http.get("/api/v1/tasks", params={"state": "queued"})
    assert "did you mean 'status'" in answer.json()["detail"]


def test_the_longest_prefix_wins() -> None:
    """Of several doors that lead to a path the nearest answers; a name that only begins alike
    leads nowhere near."""
    doors = {
        prefix: FrontDoor(prefix=prefix, intake=Intake(1), face=toy_face)
        for prefix in ("", "/v1", "/v1/mcp")
    }
    table = FrontDoors(tuple(doors.values()))
    for path, prefix in {
        "/v1/mcp": "/v1/mcp",
        "/v1/mcp/a": "/v1/mcp",
        "/v1/mcpx": "/v1",
        "/v1": "/v1",
        "/v12": "",
        "/": "",
    }.items():
        assert table.enter({"path": path}) is doors[prefix], path
