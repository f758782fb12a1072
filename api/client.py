"""The Python client: every verb of the API, typed, with reconnecting event streams.

::

    async with MaquetteClient("http://127.0.0.1:8420", token) as maquette:
        task = await maquette.submit("a red circle")
        async for event in maquette.events(task.id):
            ...
        task = await maquette.get(task.id)
        await maquette.download(task.result.best.artifact.sha256)
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from types import TracebackType
from typing import Any, Self

import httpx2

from maquette.api.http.errors import Unauthorized, Unreachable
from maquette.infra.http_client import open_client, timeouts
from maquette.records.artifact import ArtifactRef, Lineage
from maquette.records.errors import (
    IntegrityError,
    MaquetteError,
    Overloaded,
    TryAgain,
    Unsettled,
    from_problem,
)
from maquette.records.event import TERMINAL, Event
from maquette.records.ids import new_task_id
from maquette.records.plan import Plan
from maquette.records.planning.forecast import Forecast
from maquette.records.planning.question import Question
from maquette.records.session import Turn
from maquette.records.task import (
    Feedback,
    FeedbackAction,
    Problem,
    Task,
    TaskOptions,
    TaskPage,
    TaskStatus,
)
from maquette.records.verdict import Verdict

RETRIES = 3
LONG_POLL_S = 30.0
PLAN_S = 180.0
"""How long a planner may take beyond an ordinary answer: it may ask a language model."""
SAY_S = 60.0
"""How long a turn may take to be read, beside the usual."""
UPLOAD_S = 600.0
"""How long a busy server may take to read a picture: it is decoded before the answer."""


class MaquetteClient:
    """Talks to one server. Errors are raised as the classes of records/errors.py.

    Requests that may be repeated without harm are tried again a few times when the server or
    a part behind it is away; a submit carries its own id, so it is one of them. A server that
    is full names a time to come back; within the client's patience that is waited for.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        timeout_s: float = 30.0,
        patience_s: float = 30.0,
        on_busy: Callable[[Overloaded], None] | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """
        Args:
            patience_s: how long a broken event stream is picked up again before giving up, and
                how long a full server is waited for.
            on_busy: told each time before a full server is waited for.
            transport: in place of the network, for tests.
        """
        self.base_url = base_url.rstrip("/")
        self._patience_s = patience_s
        self._on_busy = on_busy
        self._http = open_client(self.base_url, token, timeout_s=timeout_s, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def submit(
        self,
        text: str = "",
        *,
        inputs: Sequence[str | ArtifactRef] = (),
        options: TaskOptions | None = None,
        task_id: str | None = None,
        plan: dict[str, Any] | None = None,
    ) -> Task:
        """Start a task; sending it twice under one ``task_id`` starts it once.

        Args:
            plan: a ready plan, which is run as it is; ``text`` may then be left out.
        """
        body = _submission(text, inputs, options)
        if plan is not None:
            body["plan"] = plan
        answer = await self._call("PUT", f"/api/v1/tasks/{task_id or new_task_id()}", json=body)
        return _task(answer.json())

    async def plan(
        self,
        text: str,
        *,
        inputs: Sequence[str | ArtifactRef] = (),
        options: TaskOptions | None = None,
    ) -> Plan | Question:
        """How a request would be carried out, without running it; or what must be answered first.

        Raises: PlanRejected, FixInput: it cannot be; says why.
        """
        answer = await self._call(
            "POST", "/api/v1/plans", extra_s=PLAN_S, json=_submission(text, inputs, options)
        )
        body = answer.json()
        if body["question"] is not None:
            return Question.model_validate(body["question"])
        return Plan.model_validate(body["plan"])

    async def call_tool(
        self,
        name: str,
        arguments: dict[str, Any],
        *,
        inputs: Sequence[str | ArtifactRef] = (),
        options: TaskOptions | None = None,
    ) -> Task:
        """Call one tool, as a task whose plan is this call.

        Args:
            inputs: pictures; they fill picture arguments that ``arguments`` does not name.
        Raises: NotFound: there is no such tool. PlanRejected: the arguments do not fit it.
        """
        body = {
            "arguments": arguments,
            "inputs": [one if isinstance(one, str) else one.sha256 for one in inputs],
            "options": (options or TaskOptions()).model_dump(mode="json"),
        }
        answer = await self._call(
            "POST",
            f"/api/v1/tools/{name}",
            json=body,
            headers={"Idempotency-Key": new_task_id()},
        )
        return _task(answer.json())

    async def forecast(
        self, plan: dict[str, Any], *, inputs: Sequence[str | ArtifactRef] = ()
    ) -> Forecast:
        """What a plan would take. Raises: PlanRejected: it could not run."""
        named = [one if isinstance(one, str) else one.sha256 for one in inputs]
        answer = await self._call("POST", "/api/v1/forecasts", json={"plan": plan, "inputs": named})
        body = {k: v for k, v in answer.json().items() if k in Forecast.model_fields}
        return Forecast.model_validate(body)

    async def outputs(self, task_id: str) -> dict[str, dict[str, Any]]:
        """What each call of a task gave, by node and port, as far as it is kept."""
        answer = await self._call("GET", f"/api/v1/tasks/{task_id}/outputs")
        data: dict[str, dict[str, Any]] = answer.json()["data"]
        return data

    async def get(self, task_id: str, *, wait_s: float = 0) -> Task:
        """How the task stands, after waiting up to ``wait_s`` (60 at most) for its end."""
        answer = await self._call(
            "GET",
            f"/api/v1/tasks/{task_id}",
            params={"wait": wait_s} if wait_s else None,
            extra_s=wait_s,
        )
        return _task(answer.json())

    async def wait(self, task_id: str, *, timeout_s: float | None = None) -> Task:
        """Wait for the end. Raises: TimeoutError: it has not ended within ``timeout_s``."""
        async with asyncio.timeout(timeout_s):
            while True:
                task = await self.get(task_id, wait_s=LONG_POLL_S)
                if task.status.ended:
                    return task

    async def list(
        self, *, limit: int = 50, after: str | None = None, status: TaskStatus | None = None
    ) -> TaskPage:
        """One page of tasks, newest first."""
        params: dict[str, Any] = {"limit": limit}
        if after is not None:
            params["after"] = after
        if status is not None:
            params["status"] = status.value
        body = (await self._call("GET", "/api/v1/tasks", params=params)).json()
        return TaskPage(data=tuple(_task(one) for one in body["data"]), has_more=body["has_more"])

    async def cancel(self, task_id: str) -> Task:
        return _task((await self._call("POST", f"/api/v1/tasks/{task_id}/cancel")).json())

    async def feedback(
        self, task_id: str, action: FeedbackAction, *, text: str = "", request_id: str | None = None
    ) -> Task:
        """Answer the open question, or the one named."""
        body: dict[str, Any] = {"action": FeedbackAction(action).value, "text": text}
        if request_id is not None:
            body = Feedback(request_id=request_id, action=action, text=text).model_dump(mode="json")
        answer = await self._call("POST", f"/api/v1/tasks/{task_id}/feedback", json=body)
        return _task(answer.json())

    async def open_session(self) -> dict[str, Any]:
        """Begin a conversation; as the API shows it."""
        body: dict[str, Any] = (await self._call("POST", "/api/v1/sessions")).json()
        return body

    async def session(self, session_id: str) -> dict[str, Any]:
        """A session as it stands. Raises: NotFound."""
        body: dict[str, Any] = (await self._call("GET", f"/api/v1/sessions/{session_id}")).json()
        return body

    async def say(
        self,
        session_id: str,
        text: str,
        *,
        inputs: Sequence[str | ArtifactRef] = (),
        options: TaskOptions | None = None,
    ) -> Turn:
        """Say a turn, once however often it has to be sent.

        Raises: NotFound. Conflict: the task of the turn before goes on, or the session is closed.
        """
        answer = await self._call(
            "POST",
            f"/api/v1/sessions/{session_id}/turns",
            extra_s=SAY_S,
            json={
                "text": text,
                "inputs": [one if isinstance(one, str) else one.sha256 for one in inputs],
                "options": (options or TaskOptions()).model_dump(mode="json"),
            },
            headers={"Idempotency-Key": new_task_id()},
        )
        known = Turn.model_fields
        return Turn.model_validate({k: v for k, v in answer.json().items() if k in known})

    async def close_session(self, session_id: str) -> dict[str, Any]:
        """End a session; its tasks and pictures stay."""
        body: dict[str, Any] = (await self._call("DELETE", f"/api/v1/sessions/{session_id}")).json()
        return body

    async def upload(self, data: bytes) -> ArtifactRef:
        """Store a picture for use as an input. What is kept is a PNG of its pixels."""
        files = {"file": ("picture", data)}
        answer = await self._call("POST", "/api/v1/artifacts", extra_s=UPLOAD_S, files=files)
        return _ref(answer.json())

    async def artifact(self, sha256: str) -> ArtifactRef:
        return _ref((await self._call("GET", f"/api/v1/artifacts/{sha256}")).json())

    async def search(self, words: str, *, k: int = 10, kind: str | None = None) -> dict[str, Any]:
        """Pictures that fit some words, best first: ``data``, ``by`` and ``warnings``."""
        params: dict[str, Any] = {"q": words, "k": k}
        if kind is not None:
            params["kind"] = kind
        answer = await self._call("GET", "/api/v1/artifacts/search", params=params)
        body: dict[str, Any] = answer.json()
        return body

    async def vector(self, sha256: str) -> ArtifactRef:
        """The SVG of a composed picture. Raises: NotFound: it was not composed of art."""
        return _ref((await self._call("GET", f"/api/v1/artifacts/{sha256}/vector")).json())

    async def lineage(self, sha256: str) -> Lineage | None:
        made = (await self._call("GET", f"/api/v1/artifacts/{sha256}/lineage")).json()["made_by"]
        return None if made is None else Lineage.model_validate(made)

    async def download(self, sha256: str) -> bytes:
        """The bytes, checked against their name. Raises: IntegrityError."""
        answer = await self._call("GET", f"/api/v1/artifacts/{sha256}/content")
        if hashlib.sha256(answer.content).hexdigest() != sha256:
            raise IntegrityError(
                f"the bytes that came for artifact {sha256[:12]}… are not the ones it names",
                hint="try again; if it stays, run 'maquette doctor'",
            )
        return answer.content

    async def verdict(self, reference: ArtifactRef) -> Verdict:
        """A stored verdict, from a draft's reference."""
        return Verdict.model_validate_json(await self.download(reference.sha256))

    async def system(self) -> dict[str, Any]:
        body: dict[str, Any] = (await self._call("GET", "/api/v1/system")).json()
        return body

    async def tools(self) -> Sequence[dict[str, Any]]:
        body: Sequence[dict[str, Any]] = (await self._call("GET", "/api/v1/tools")).json()["data"]
        return body

    async def tool(self, name: str) -> dict[str, Any]:
        """One tool. Raises: NotFound: names the nearest."""
        body: dict[str, Any] = (await self._call("GET", f"/api/v1/tools/{name}")).json()
        return body

    async def events(self, task_id: str, *, after: int | None = None) -> AsyncIterator[Event]:
        """The events behind offset ``after``, each once, up to the terminal one.

        A stream that breaks off is picked up again behind the last event seen.

        Raises: NotFound; Unreachable or another TryAgain when the server stays away for
            longer than the client's patience.
        """
        clock = asyncio.get_running_loop().time
        trouble_since: float | None = None
        while True:
            try:
                async for event in self._stream(task_id, after):
                    trouble_since = None
                    after = event.offset
                    yield event
                    if event.type in TERMINAL:
                        return
                error: TryAgain = Unreachable(
                    f"the event stream of {task_id} ended early",
                    hint=f"look at it with: maquette task show {task_id}",
                )
            except TryAgain as away:
                error = away
            trouble_since = clock() if trouble_since is None else trouble_since
            if clock() - trouble_since > self._patience_s:
                raise error
            await asyncio.sleep(error.retry_after_s if isinstance(error, Overloaded) else 0.5)

    async def _stream(self, task_id: str, after: int | None) -> AsyncIterator[Event]:
        headers = {"Accept": "text/event-stream"}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        try:
            async with self._http.stream(
                "GET", f"/api/v1/tasks/{task_id}/events", headers=headers
            ) as answer:
                if answer.status_code >= 400:
                    await answer.aread()
                    raise error_of(answer)
                async for sent in httpx2.EventSource(answer):
                    if sent.data:
                        yield Event.model_validate_json(sent.data)
        except httpx2.TransportError as error:
            raise self._unreachable() from error

    async def _call(
        self, method: str, path: str, *, extra_s: float = 0.0, **arguments: Any
    ) -> httpx2.Response:
        """Send a request, again after the time named when the server is full.

        Raises: Overloaded: it would take longer than the client's patience. Others as told.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + self._patience_s
        while True:
            answer = await self._sent(method, path, timeouts(30.0 + extra_s), arguments)
            if answer.status_code < 400:
                return answer
            error = error_of(answer)
            if not isinstance(error, Overloaded) or clock() + error.retry_after_s > until:
                raise error
            if self._on_busy is not None:
                self._on_busy(error)
            await asyncio.sleep(error.retry_after_s)

    async def _sent(
        self, method: str, path: str, patience: httpx2.Timeout, arguments: dict[str, Any]
    ) -> httpx2.Response:
        """The answer, tried for a few times while the server or a part behind it is away."""
        for attempt in range(RETRIES + 1):
            try:
                answer = await self._http.request(method, path, timeout=patience, **arguments)
            except httpx2.TransportError as error:
                if attempt == RETRIES or isinstance(error, httpx2.ConnectError):
                    raise self._unreachable() from error
                await asyncio.sleep(0.2 * 2**attempt)
                continue
            if answer.status_code != 503 or attempt == RETRIES:
                return answer
            await asyncio.sleep(0.5 * 2**attempt)
        raise self._unreachable()

    def _unreachable(self) -> Unreachable:
        return Unreachable(
            f"no Maquette server answers at {self.base_url}",
            hint="start one with: maquette up",
        )


def error_of(answer: httpx2.Response) -> MaquetteError:
    """The error of a problem document, or of an answer that is none."""
    try:
        body = answer.json()
        problem = Problem(
            code=body["code"], title=body["title"], detail=body["detail"], hint=body["hint"]
        )
    except (ValueError, KeyError, TypeError):
        if answer.status_code == 401:
            return Unauthorized("the server wants an access token, and none that fits was sent")
        return MaquetteError(
            f"the server answered {answer.status_code} without saying why",
            hint="is this address a Maquette server? 'maquette status' shows the local one",
        )
    error = from_problem(problem)
    retry_after = answer.headers.get("retry-after", "")
    if isinstance(error, TryAgain) and retry_after.isdigit():
        error.retry_after_s = float(retry_after)
    if isinstance(error, Unsettled):
        error.task_id = str(body.get("task_id", ""))
    return error


def _submission(
    text: str, inputs: Sequence[str | ArtifactRef], options: TaskOptions | None
) -> dict[str, Any]:
    return {
        "text": text,
        "inputs": [one if isinstance(one, str) else one.sha256 for one in inputs],
        "options": (options or TaskOptions()).model_dump(mode="json"),
    }


def _task(body: dict[str, Any]) -> Task:
    return Task.model_validate({k: v for k, v in body.items() if k in Task.model_fields})


def _ref(body: dict[str, Any]) -> ArtifactRef:
    known = ArtifactRef.model_fields
    return ArtifactRef.model_validate({k: v for k, v in body.items() if k in known})
