"""The door to sessions: open, say, look, close. A session of another owner does not exist."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any, Protocol

from temporalio.client import (
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

from maquette.records.artifact import ArtifactRef
from maquette.records.errors import Conflict, NotFound
from maquette.records.ids import SESSION_ID, new_session_id, new_task_id
from maquette.records.session import SessionView, Turn
from maquette.records.task import TaskOptions, TaskRequest
from maquette.workflows.desk.gateway import TemporalGateway
from maquette.workflows.desk.submission import attached
from maquette.workflows.session.messages import TURNS_A_RUN, Said, SessionInput
from maquette.workflows.session.names import (
    CLOSE_UPDATE,
    SAY_UPDATE,
    SESSION_QUERY,
    SESSION_WORKFLOW,
)
from maquette.workflows.wire.connect import ensure_search_attributes
from maquette.workflows.wire.names import MEMO_OWNER, OWNER_ATTRIBUTE
from maquette.workflows.wire.rpc import engine_unavailable, rpc_errors

OWNER_KEY = SearchAttributeKey.for_keyword(OWNER_ATTRIBUTE)
RPC_TIMEOUT = timedelta(seconds=5)
SAY_TIMEOUT = timedelta(seconds=45)
"""A turn is answered once it is read, which needs a worker and the store."""


class Sessions(Protocol):
    """Sessions of all owners, one owner at a time.

    All methods raise EngineUnavailable when what runs them does not answer.
    """

    async def open(self, *, owner: str, session_id: str | None = None) -> SessionView:
        """Begin a session. The same id again finds the one that is there.

        Raises: Conflict: the id was used before, by a session that is closed or somebody else's.
        """
        ...

    async def say(
        self,
        session_id: str,
        text: str,
        *,
        owner: str,
        turn_id: str,
        inputs: tuple[ArtifactRef, ...] = (),
        options: TaskOptions | None = None,
    ) -> Turn:
        """Say a turn: answers once it is read, with the task it makes. The same ``turn_id`` again
        is the same turn.

        Raises: NotFound. InputRefused: a picture is not there. Conflict: the session is closed, or
            its last turn is still under way. Overloaded: as many tasks as are taken are in flight.
        """
        ...

    async def get(self, session_id: str, *, owner: str) -> SessionView:
        """The session as it stands. Raises: NotFound."""
        ...

    async def close(self, session_id: str, *, owner: str) -> SessionView:
        """End it; a turn under way is cancelled. Closing again does nothing. Raises: NotFound."""
        ...


class TemporalSessions:
    """``Sessions`` over Temporal, beside a gateway to tasks."""

    def __init__(self, gateway: TemporalGateway, *, turns_a_run: int = TURNS_A_RUN) -> None:
        self._gateway = gateway
        self._client = gateway.client
        self._turns_a_run = turns_a_run

    async def open(self, *, owner: str, session_id: str | None = None) -> SessionView:
        """See ``Sessions.open``."""
        name = new_session_id() if session_id is None else _known(session_id)
        given = SessionInput(
            owner=owner,
            created_at=time.time(),
            turns_a_run=self._turns_a_run,
            heartbeat_timeout_s=self._gateway.heartbeat_timeout_s,
        )
        try:
            with rpc_errors(f"session {name}"):
                await ensure_search_attributes(self._client)
                await self._client.start_workflow(
                    SESSION_WORKFLOW,
                    given,
                    id=name,
                    task_queue=self._gateway.task_queue,
                    id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    memo={MEMO_OWNER: owner},
                    search_attributes=TypedSearchAttributes(
                        [SearchAttributePair(OWNER_KEY, owner)]
                    ),
                    rpc_timeout=RPC_TIMEOUT,
                )
        except WorkflowAlreadyStartedError:
            return await self._there(name, owner)
        return SessionView(id=name, owner=owner, created_at=given.created_at, state=given.state)

    async def _there(self, name: str, owner: str) -> SessionView:
        taken = Conflict(
            f"the session id {name} is taken", hint="Leave it out to get a new session."
        )
        try:
            found = await self.get(name, owner=owner)
        except NotFound as error:
            raise taken from error
        if found.state.closed:
            raise taken
        return found

    async def say(
        self,
        session_id: str,
        text: str,
        *,
        owner: str,
        turn_id: str,
        inputs: tuple[ArtifactRef, ...] = (),
        options: TaskOptions | None = None,
    ) -> Turn:
        """See ``Sessions.say``."""
        handle, _ = await self._owned(session_id, owner)
        options = options or TaskOptions()
        request = TaskRequest(text=text, inputs=inputs, options=options)
        given = await attached(request, owner=owner, store=self._gateway.store)
        task_id = new_task_id()
        said = Said(
            turn_id=turn_id, task_id=task_id, text=text, inputs=given.inputs, options=options
        )
        async with self._gateway.place_for(task_id):
            try:
                with rpc_errors(f"session {session_id}"):
                    turn: Turn = await handle.execute_update(
                        SAY_UPDATE, said, result_type=Turn, rpc_timeout=SAY_TIMEOUT
                    )
            except WorkflowUpdateFailedError as error:
                raise _refused(error, session_id) from error
        return turn

    async def get(self, session_id: str, *, owner: str) -> SessionView:
        """See ``Sessions.get``."""
        handle, running = await self._owned(session_id, owner)
        try:
            with rpc_errors(f"session {session_id}"):
                view: SessionView = await handle.query(
                    SESSION_QUERY, result_type=SessionView, rpc_timeout=RPC_TIMEOUT
                )
        except WorkflowQueryFailedError as error:
            raise engine_unavailable() from error
        if running or view.state.closed:
            return view
        # It was ended from outside.
        closed = view.state.model_copy(update={"closed": True})
        return view.model_copy(update={"state": closed, "busy": False})

    async def close(self, session_id: str, *, owner: str) -> SessionView:
        """See ``Sessions.close``."""
        handle, running = await self._owned(session_id, owner)
        if running:
            try:
                with rpc_errors(f"session {session_id}"):
                    await handle.execute_update(CLOSE_UPDATE, rpc_timeout=SAY_TIMEOUT)
            except (NotFound, WorkflowUpdateFailedError):  # it has ended meanwhile
                pass
        return await self.get(session_id, owner=owner)

    async def _owned(self, session_id: str, owner: str) -> tuple[WorkflowHandle[Any, Any], bool]:
        """The session of this owner, and whether it goes on. Raises: NotFound."""
        if not SESSION_ID.match(session_id):
            raise _not_found(session_id)
        handle: WorkflowHandle[Any, Any] = self._client.get_workflow_handle(session_id)
        try:
            with rpc_errors(f"session {session_id}"):
                found = await handle.describe(rpc_timeout=RPC_TIMEOUT)
            memo = await found.memo()
        except (NotFound, ApplicationError) as error:  # none, or not sealed by us
            raise _not_found(session_id) from error
        if memo.get(MEMO_OWNER) != owner:
            raise _not_found(session_id)
        return handle, found.status is WorkflowExecutionStatus.RUNNING


def _known(session_id: str) -> str:
    """The id, if it has our form. Raises: Conflict."""
    if SESSION_ID.match(session_id):
        return session_id
    raise Conflict(
        f"{session_id[:80]!r} is not a session id; expected session_ and a UUID version 7",
        hint="Leave it out to get a new session.",
    )


def _not_found(session_id: str) -> NotFound:
    return NotFound(
        f"there is no session {session_id[:80]!r}",
        hint="Begin one: maquette chat, or POST /api/v1/sessions.",
    )


def _refused(error: WorkflowUpdateFailedError, session_id: str) -> Conflict:
    return Conflict(
        str(getattr(error.cause, "message", "the session takes no turn just now")),
        hint=f"GET /api/v1/sessions/{session_id} tells how it stands; a turn's task can be "
        "cancelled.",
    )
