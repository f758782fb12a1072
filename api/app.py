"""The front doors as one ASGI app: routers behind a gate, every error in the words of its door."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from maquette import __version__
from maquette.agents.planning.seam import Planner
from maquette.api.desk.activity import Activity
from maquette.api.desk.desk import Desk
from maquette.api.desk.thumbnails import Thumbnails
from maquette.api.http.bodies import query_model
from maquette.api.http.errors import MethodNotAllowed
from maquette.api.http.front_doors import FrontDoor, door_of
from maquette.api.http.gate import Gate, instance_of
from maquette.api.http.problems import InternalError
from maquette.api.http.validation import explain
from maquette.api.native.door import native_door
from maquette.infra.index.stored import StoredIndex
from maquette.infra.settings.schema import Settings
from maquette.infra.store.contract import ArtifactStore
from maquette.model_servers.client.contract import ModelClient
from maquette.records.errors import FixInput, MaquetteError, NotFound
from maquette.tools.library.library import PictureLibrary
from maquette.tools.registry import Registry
from maquette.workflows.desk.contract import TaskGateway
from maquette.workflows.loops.table import TABLE as STRATEGIES

LOG = logging.getLogger("maquette.api")

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ANY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104


def create_app(
    settings: Settings,
    gateway: TaskGateway,
    store: ArtifactStore,
    registry: Registry,
    models: ModelClient,
    *,
    more_doors: Sequence[FrontDoor] = (),
    planner: Callable[[], Planner] | None = None,
) -> FastAPI:
    """Build the app: the native door, and others beside it. It owns none of the parts: whoever
    made them closes them.

    Args:
        planner: plans what is only to be planned; None: the one that the settings ask for.
    """
    app = FastAPI(
        title="Maquette",
        version=__version__,
        summary="A request in plain words becomes a finished, checked picture.",
        redirect_slashes=False,
        docs_url=None,  # the stock pages load scripts from elsewhere
        redoc_url=None,
        lifespan=_lifespan,
    )
    desk = app.state.desk = Desk(
        settings=settings,
        gateway=gateway,
        store=store,
        registry=registry,
        models=models,
        activity=Activity(),
        thumbnails=Thumbnails(),
        library=PictureLibrary(StoredIndex(store), models),
        planner=cache(planner or partial(_planner, settings, models, registry)),
    )
    doors = (native_door(settings.limits), *more_doors)
    for router in (router for door in doors for router in door.routers):
        app.include_router(router)
    app.add_exception_handler(MaquetteError, _on_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    token = settings.api.token
    app.add_middleware(
        Gate,
        meter=desk.activity,
        hosts=known_hosts(settings.api.host),
        token=token.get_secret_value() if token is not None else None,
        doors=doors,
    )
    return app


def _planner(settings: Settings, models: ModelClient, registry: Registry) -> Planner:
    """The planner that the workers have, too, with its tables read: later they would be read in
    the loop that answers everybody. Takes seconds, so it is for a thread."""
    from maquette.agents.judging.composed.warming import warm
    from maquette.agents.planning.make import make_planner
    from maquette.tools.art.packs.table import look_in

    look_in(settings.data_dir)
    planner = make_planner(settings, models, registry, strategies=STRATEGIES)
    warm()
    return planner


def known_hosts(bind_host: str) -> frozenset[str] | None:
    """Names a Host header may carry; None when the server listens on every address."""
    return None if bind_host in ANY_ADDRESS else LOOPBACK | {bind_host.lower()}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.desk.closing.set()


def _answer(request: Request, error: MaquetteError) -> Response:
    return door_of(request.scope).face(
        error,
        instance=instance_of(request.url.path),
        request_id=request.scope["state"]["request_id"],
    )


async def _on_error(request: Request, error: Any) -> Response:
    if error.code in ("failed", "integrity", "pack_corrupt", "tool_failed", "model_failed"):
        LOG.error("request %s: %s", request.scope["state"]["request_id"], error)
    return _answer(request, error)


async def _on_http_error(request: Request, error: Any) -> Response:
    found: MaquetteError
    if error.status_code == 404:
        found = NotFound(
            "there is nothing at this address", hint="GET /openapi.json lists every address"
        )
    elif error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "another verb")
        found = MethodNotAllowed(
            f"{request.method[:20]} is not possible here", hint=f"use {allowed}"
        )
    elif error.status_code < 500:
        found = FixInput("the request cannot be read", hint="compare it with GET /openapi.json")
    else:
        found = InternalError()
    answer = _answer(request, found)
    if error.status_code == 405 and error.headers:
        answer.headers["Allow"] = error.headers.get("Allow", "")
    return answer


async def _on_invalid(request: Request, error: Any) -> Response:
    return _answer(request, explain(error.errors(), query_model(request.scope.get("route"))))
