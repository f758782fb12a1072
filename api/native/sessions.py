"""Sessions: open one, say turns, look, end it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from starlette.responses import JSONResponse, Response

from maquette.api.desk import sessions
from maquette.api.http.bodies import documented, json_body
from maquette.api.native.context import Context
from maquette.api.schemas import TurnBody, session_view, turn_view

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"])


@router.post("", status_code=201)
async def open_session(desk: Context) -> Response:
    """Begin a session: a conversation in which a turn may go on with the picture before."""
    view = await sessions.opened(desk)
    return JSONResponse(
        session_view(view), status_code=201, headers={"Location": f"/api/v1/sessions/{view.id}"}
    )


@router.post("/{session_id}/turns", status_code=202, openapi_extra=documented(TurnBody))
async def say_turn(
    desk: Context,
    session_id: str,
    body: Annotated[TurnBody, Depends(json_body(TurnBody))],
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Response:
    """Say a turn: 202 once it is read, with how it was understood and the task it makes; 200 if
    nothing is left to do. 409 while the task of the turn before goes on."""
    turn = await sessions.said(desk, session_id, body, key=idempotency_key)
    return JSONResponse(turn_view(turn, session_id), status_code=200 if turn.status.ended else 202)


@router.get("/{session_id}")
async def get_session(desk: Context, session_id: str) -> dict[str, Any]:
    """How a session stands: its turns, the accepted picture, names and rules."""
    return session_view(await sessions.current(desk, session_id))


@router.delete("/{session_id}")
async def close_session(desk: Context, session_id: str) -> dict[str, Any]:
    """End a session; a turn under way is cancelled. Its tasks and pictures stay."""
    return session_view(await sessions.closed(desk, session_id))
