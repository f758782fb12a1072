"""A scripted model client: answers from functions, counts calls. For tests and dry runs."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from maquette.model_servers.client.contract import ResponseT, RoleName
from maquette.model_servers.client.envelope import encode_request, known_error
from maquette.model_servers.client.work import CallBook, Work
from maquette.records.base import Record
from maquette.records.errors import MaquetteError, ModelFailed, ModelUnavailable, NotFound

Script = Callable[[Any], Any]
"""Takes the request record; returns (or awaits to) the response record, or raises."""


class ScriptedModelClient:
    """A ModelClient that answers by script.

    ``calls`` counts by (role, verb); ``requests`` keeps every request in order.
    """

    label = "scripted"

    def __init__(
        self,
        scripts: Mapping[tuple[str, str], Script],
        *,
        digests: Mapping[str, str] | None = None,
    ) -> None:
        self._scripts = {(str(role), verb): script for (role, verb), script in scripts.items()}
        self._digests = {str(role): digest for role, digest in (digests or {}).items()}
        self._books = {role: CallBook() for role, _ in self._scripts}
        self._closed = False
        self.calls: Counter[tuple[str, str]] = Counter()
        self.requests: list[tuple[str, str, Record]] = []

    async def call(
        self, role: RoleName, method: str, request: Record, response: type[ResponseT]
    ) -> ResponseT:
        self._refuse_if_closed()
        label = f"{role}.{method}"
        encode_request(label, request)
        self._refuse_unknown(role)
        script = self._scripts.get((str(role), method))
        if script is None:
            verbs = sorted(verb for known, verb in self._scripts if known == str(role))
            raise NotFound(
                f"the role {str(role)!r} has no verb {method!r}; it has {', '.join(verbs)}",
                hint="call one of these",
            )
        self.calls[str(role), method] += 1
        self.requests.append((str(role), method, request))
        try:
            with self._books[str(role)].call():
                reply = script(request)
                if inspect.isawaitable(reply):
                    reply = await reply
        except MaquetteError:
            raise
        except Exception as error:
            raise known_error(label, error) from error
        if not isinstance(reply, response):
            raise ModelFailed(
                f"{label} answered with a {type(reply).__name__}; expected a {response.__name__}",
                hint="correct the script",
            )
        return reply

    async def digest(self, role: RoleName) -> str:
        self._refuse_if_closed()
        self._refuse_unknown(role)
        return self._digests.get(str(role), f"scripted-{role}")

    async def work(self) -> Work:
        self._refuse_if_closed()
        return Work(roles={role: book.work() for role, book in self._books.items()})

    async def close(self) -> None:
        self._closed = True

    def _refuse_unknown(self, role: RoleName) -> None:
        known = {name for name, _ in self._scripts} | set(self._digests)
        if str(role) not in known:
            raise ModelUnavailable(
                f"no model serves the role {str(role)!r} here; "
                f"served: {', '.join(sorted(known)) or 'none'}",
                hint="give the client a script for the role",
            )

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise ModelUnavailable("the model client is closed", hint="connect again")
