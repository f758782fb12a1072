"""The server itself: what it is, whether it can work, its numbers, its kinds of problems."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, PlainTextResponse, Response

from maquette import __version__
from maquette.api.desk.health import OK, look
from maquette.api.http.problems import DEFAULT_HINT, STATUS
from maquette.api.native.context import Context
from maquette.records.errors import MaquetteError, NotFound, TryAgain

router = APIRouter(tags=["system"])


class NotReady(TryAgain):
    code = "not_ready"
    title = "The server is not ready yet"


@router.get("/api/v1/system")
async def system(desk: Context) -> dict[str, Any]:
    """Version, profile, what is running, for how long nothing was asked, each part, and what
    the models are busy with."""
    health = await look(desk)
    active = health.active_tasks
    return {
        "object": "system",
        "version": __version__,
        "profile": desk.settings.profile,
        "active_tasks": active,
        "idle_s": 0.0 if active else round(desk.activity.idle_s(), 1),
        "parts": health.parts,
        "models": health.work.told() if health.work is not None else None,
    }


@router.get("/healthz", include_in_schema=False)
async def healthz() -> dict[str, str]:
    """The process is alive."""
    return {"status": "ok"}


@router.get("/readyz", include_in_schema=False)
async def readyz(desk: Context) -> Response:
    """200 once the engine and the store answer; else 503 naming the one that does not.

    Models that are away do not count: tasks, results and events can still be looked at, and
    a task waits for its model. /api/v1/system tells how they are.
    """
    parts = (await look(desk)).parts
    for name in ("temporal", "store"):
        if parts[name] is not OK:
            raise NotReady(
                f"{name} does not answer yet: {parts[name]['detail']}", hint=parts[name]["hint"]
            )
    body = {"status": "ready", "models": parts["models"]["status"]}
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


@router.get("/metrics", include_in_schema=False)
async def metrics(desk: Context) -> Response:
    """The server's numbers in Prometheus' text format."""
    return Response(
        desk.activity.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8"
    )


@router.get("/problems/{code}", include_in_schema=False)
async def problem_page(code: str) -> Response:
    """What a problem's ``type`` points to: the kind of problem in words."""
    for kind in _kinds(MaquetteError):
        if kind.code == code:
            status = next(status for base, status in STATUS if issubclass(kind, base))
            advice = "Correct the request and send it again." if status < 500 else ""
            lines = [kind.title, "", f"HTTP status {status}, code {code}."]
            lines += [f"What to do: {DEFAULT_HINT.get(status, advice)}", ""]
            return PlainTextResponse("\n".join(lines))
    raise NotFound(f"there is no kind of problem {code[:40]!r}")


def _kinds(root: type[MaquetteError]) -> list[type[MaquetteError]]:
    return [root, *(found for child in root.__subclasses__() for found in _kinds(child))]
