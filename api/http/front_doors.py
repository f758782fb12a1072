"""The table of front doors: what each takes as a body, and how it tells an error.

A door is a prefix of addresses with the routes behind it. The gate looks the door of a request
up once; whatever happens then, in the gate or behind it, is told by that door's face.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fastapi import APIRouter
from starlette.responses import Response
from starlette.types import Scope

from maquette.records.errors import MaquetteError

JSON = "application/json"
FORM = "multipart/form-data"


@dataclass(frozen=True)
class Intake:
    """What a body may be: so many bytes, of one of these content types."""

    max_bytes: int
    content_types: tuple[str, ...] = (JSON,)


class Face(Protocol):
    """Says an error in the words of one door."""

    def __call__(self, error: MaquetteError, *, instance: str, request_id: str) -> Response:
        """The whole answer. ``instance`` is the path that was asked for; nothing is raised."""
        ...


@dataclass(frozen=True)
class FrontDoor:
    """Routes below ``prefix``, with one intake and one face; ``apart`` names the paths whose
    bodies are of another kind."""

    prefix: str
    """Without a slash at its end. The empty one answers wherever no other door does."""
    intake: Intake
    face: Face
    routers: Sequence[APIRouter] = ()
    apart: Mapping[str, Intake] = field(default_factory=dict)

    def leads_to(self, path: str) -> bool:
        """Whether a path lies behind this door."""
        return not self.prefix or path == self.prefix or path.startswith(f"{self.prefix}/")

    def intake_of(self, path: str) -> Intake:
        """What is taken at a path."""
        return self.apart.get(path, self.intake)


class FrontDoors:
    """The doors of one server; of several that lead to a path, the longest prefix wins."""

    def __init__(self, doors: Sequence[FrontDoor]) -> None:
        self._doors = sorted(doors, key=lambda door: len(door.prefix), reverse=True)

    def enter(self, scope: Scope) -> FrontDoor:
        """Find the door of a request and note it, for ``door_of`` and ``intake_of``."""
        path: str = scope["path"]
        door = next(door for door in self._doors if door.leads_to(path))
        scope.setdefault("state", {})["door"] = door
        return door


def door_of(scope: Mapping[str, Any]) -> FrontDoor:
    """The door that a request came in by."""
    door: FrontDoor = scope["state"]["door"]
    return door


def intake_of(scope: Mapping[str, Any]) -> Intake:
    """What the body of a request may be."""
    return door_of(scope).intake_of(scope["path"])
