"""A scripted role: a RoleServer that answers from functions. For tests and dry runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from maquette.model_servers.client.contract import Method, RoleName
from maquette.records.base import Record
from maquette.records.errors import GiveUp


class ScriptedRole:
    """Serves the verbs it is given, between start and stop.

    Args:
        role: which role it stands for.
        methods: verb to the records it takes and gives, and the coroutine function between.
        digest: what it says that answers.
    """

    def __init__(
        self, role: RoleName, methods: Mapping[str, Method], *, digest: str = "scripted"
    ) -> None:
        self.role = role
        self._methods = {
            verb: Method(method.request, method.response, self._while_running(method.handler))
            for verb, method in methods.items()
        }
        self._digest = digest
        self._running = False

    async def start(self) -> None:
        """From now on it answers."""
        self._running = True

    async def stop(self) -> None:
        """From now on it refuses."""
        self._running = False

    def methods(self) -> Mapping[str, Method]:
        """The verbs it was given, which refuse unless it runs."""
        return self._methods

    def digest(self) -> str:
        """The digest it was given. Raises: GiveUp: it is not running."""
        self._refuse_unless_running()
        return self._digest

    def _while_running(
        self, handler: Callable[[Any], Awaitable[Record]]
    ) -> Callable[[Any], Awaitable[Record]]:
        async def answer(request: Any) -> Record:
            self._refuse_unless_running()
            return await handler(request)

        return answer

    def _refuse_unless_running(self) -> None:
        if not self._running:
            raise GiveUp(f"the {self.role} role is not running", hint="start it")
