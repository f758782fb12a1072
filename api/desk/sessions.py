"""What every door does with sessions: open, say, look, close."""

from __future__ import annotations

import uuid
from typing import Any

from maquette.api.desk.desk import Desk
from maquette.api.desk.idempotency import bad_key
from maquette.api.desk.link import GatewayLink
from maquette.api.schemas import TurnBody
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import CapabilityMissing
from maquette.records.session import SessionView, Turn
from maquette.workflows.desk.contract import TaskGateway
from maquette.workflows.desk.gateway import TemporalGateway
from maquette.workflows.session.desk import Sessions, TemporalSessions

MAX_KEY_CHARACTERS = 80


async def opened(desk: Desk) -> SessionView:
    """Begin a session. Raises: EngineUnavailable."""
    return await (await _sessions(desk.gateway)).open(owner=desk.owner)


async def said(desk: Desk, session_id: str, body: TurnBody, *, key: str | None = None) -> Turn:
    """Say a turn; with ``key``, once for the key.

    Raises: InvalidFields: the key cannot be used. Others as ``Sessions.say``.
    """
    if key is not None and not (1 <= len(key) <= MAX_KEY_CHARACTERS and key.isprintable()):
        raise bad_key(f"expected 1 to {MAX_KEY_CHARACTERS} printable characters")
    desk.activity.submitted()
    return await (await _sessions(desk.gateway)).say(
        session_id,
        body.text,
        owner=desk.owner,
        turn_id=key or f"turn_{uuid.uuid4()}",
        inputs=tuple(_named(sha256) for sha256 in body.inputs),
        options=body.options,
    )


async def current(desk: Desk, session_id: str) -> SessionView:
    """The session as it stands. Raises: NotFound, EngineUnavailable."""
    return await (await _sessions(desk.gateway)).get(session_id, owner=desk.owner)


async def closed(desk: Desk, session_id: str) -> SessionView:
    """End a session. Raises: NotFound, EngineUnavailable."""
    return await (await _sessions(desk.gateway)).close(session_id, owner=desk.owner)


async def _sessions(gateway: TaskGateway) -> Sessions:
    """The sessions beside a gateway to tasks.

    Raises: EngineUnavailable. CapabilityMissing: this gateway has none.
    """
    found: Any = await gateway.ready() if isinstance(gateway, GatewayLink) else gateway
    if not isinstance(found, TemporalGateway):
        raise CapabilityMissing(
            "this server runs without a workflow engine, and a session is a workflow",
            hint="Submit single tasks: POST /api/v1/tasks.",
        )
    return TemporalSessions(found)


def _named(sha256: str) -> ArtifactRef:
    """An artifact by its hash alone; the desk of the sessions looks up the rest."""
    return ArtifactRef(sha256=sha256, media_type="application/octet-stream", size_bytes=0)
