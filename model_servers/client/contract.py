"""The role contract: what a model server is, and how it is called.

A role is a plain async class: construct cheaply, ``start`` loads, ``methods`` serve. It is
testable without Ray. Requests and responses are records from ``schemas``; pictures travel as
references, so a message stays far below any transport's limit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar, runtime_checkable

from maquette.infra import plugins
from maquette.model_servers.client.work import Held, Work
from maquette.records.base import Record

MAX_MESSAGE_BYTES = 1_000_000
"""Larger requests or replies are refused: bytes belong in the store."""


AFFINITY: ContextVar[str | None] = ContextVar("maquette_affinity", default=None)
"""The key a front door routed this request by; a role names new sessions by it, so that the
session's later requests reach the same replica."""


class RoleName(StrEnum):
    GENERATION = "generation"
    UNDERSTANDING = "understanding"
    TEXT_RENDERING = "text_rendering"
    SEGMENTATION = "segmentation"
    REWARD = "reward"
    EMBEDDING = "embedding"
    LANGUAGE = "language"

    @classmethod
    def _missing_(cls, value: object) -> RoleName | None:
        """A role of an installed package is a name like ours."""
        if not isinstance(value, str) or value not in plugins.named(plugins.ROLES):
            return None
        member = str.__new__(cls, value)
        member._name_, member._value_ = value.upper(), value
        return cls._value2member_map_.setdefault(value, member)  # type: ignore[return-value]


@dataclass(frozen=True)
class Method:
    """One served verb: the record it takes, the record it returns, and the coroutine."""

    request: type[Record]
    response: type[Record]
    handler: Callable[[Any], Awaitable[Record]]


class RoleServer(Protocol):
    """A loaded model role. ``methods`` maps verb names to typed handlers."""

    role: RoleName

    async def start(self) -> None:
        """Load weights (digests checked). Raises: PackCorrupt, ConfigError."""
        ...

    async def stop(self) -> None: ...

    def methods(self) -> Mapping[str, Method]: ...

    def digest(self) -> str:
        """Identifies the weights and code that answer: part of every content key."""
        ...


@runtime_checkable
class HoldsRows(Protocol):
    """A role that holds rows between calls."""

    def held(self) -> Held: ...


ResponseT = TypeVar("ResponseT", bound=Record)


class ModelClient(Protocol):
    """The one way to reach model servers. Transports: direct, Ray handle, HTTP."""

    label: str

    async def call(
        self, role: RoleName, method: str, request: Record, response: type[ResponseT]
    ) -> ResponseT:
        """Call a verb of a role.

        Raises: ModelUnavailable: nothing serves the role, or it does not answer.
            ModelFailed, FixInput: as the server raised them.
        """
        ...

    async def digest(self, role: RoleName) -> str:
        """The digest of the model that would answer. Raises: ModelUnavailable."""
        ...

    async def work(self) -> Work:
        """What the roles are busy with. Raises: ModelUnavailable."""
        ...

    async def close(self) -> None: ...
