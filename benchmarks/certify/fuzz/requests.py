"""Requests to every route and beyond, right and wrong ones."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from maquette.benchmarks.certify.fuzz.draft import METHODS, Draft, Known, Sent, sent_as
from maquette.benchmarks.certify.fuzz.values import as_body, mutated
from maquette.benchmarks.certify.fuzz.wrongs import WRONGS
from maquette.records.ids import new_task_id

HIDDEN = {
    "/healthz": ("get",),
    "/readyz": ("get",),
    "/metrics": ("get",),
    "/openapi.json": ("get",),
    "/problems/{code}": ("get",),
}
"""Routes that the OpenAPI document does not name."""


NOWHERE = (
    *("/", "//", "/api", "/api/v1", "/api/v2/tasks", "/docs", "/static/../api", "/.env"),
    *("/api/v1/tasks/", "/api/v1/artifacts//content", "/%00", "/%ff%fe", "/a" * 500),
    *("/..%2f..%2fetc%2fpasswd", "/api/v1/artifacts/..%2f..%2f..%2fetc%2fpasswd/content"),
    *("/api/v1/artifacts/%2e%2e/%2e%2e/proc/self/environ/content", "/api/v1/tools/..%5c..%5cx"),
    *("*", "http://other.example/api/v1/system", "/api/v1/tasks;x=1", "/api/v1/TASKS"),
)
TINY_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478"
    "9c6360606060000000050001a5f645400000000049454e44ae426082"
)
"""One transparent pixel."""


def make(known: Known, chance: random.Random) -> Sent:
    """A request drawn by chance: a right one, with none to three things wrong."""
    route, verbs = chance.choice([*known.paths.items(), ("nowhere", ())])
    draft = _right(known, route, verbs, chance)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):
        chance.choice(WRONGS)(draft, known, chance)
    return sent_as(route, draft, chance)


def _right(known: Known, route: str, verbs: Sequence[str], chance: random.Random) -> Draft:
    method = chance.choice(verbs).upper() if verbs else chance.choice(METHODS)
    target = chance.choice(NOWHERE) if route == "nowhere" else _path(known, route, chance)
    headers = [("Host", known.host), ("Authorization", f"Bearer {known.token}")]
    draft = Draft(method, target, headers)
    if route.endswith("/search"):
        draft.target += f"?q={quote(chance.choice(('a boat', 'red', 'star')))}"
    if method in ("POST", "PUT"):
        _add_body(draft, route, known, chance)
    return draft


def _path(known: Known, route: str, chance: random.Random) -> str:
    for name, values in known.names.items():
        hole = "{" + name + "}"
        if hole in route:
            route = route.replace(hole, chance.choice(list(values)))
    return route


def _add_body(draft: Draft, route: str, known: Known, chance: random.Random) -> None:
    if route == "/api/v1/artifacts":
        _multipart(draft, TINY_PNG if chance.random() < 0.1 else chance.randbytes(40), chance)
        return
    if route.endswith("/cancel"):
        return
    document = _document(route, known, chance)
    if chance.random() < 0.9:  # a right submission costs a task, so few are left as they are
        document = mutated(document, chance)
    draft.headers.append(("Content-Type", "application/json"))
    draft.body = as_body(document, chance)
    if route == "/api/v1/tasks/{task_id}" and chance.random() < 0.3:
        draft.target = f"/api/v1/tasks/{new_task_id()}"


def _document(route: str, known: Known, chance: random.Random) -> Any:
    if route.endswith("/feedback"):
        return {"action": "approve", "text": "yes", "request_id": "r1"}
    options = {"seed": 1, "candidates": 1, "rounds": 1, "budget_s": 60.0, "approve": "never"}
    return {"text": "a red circle", "inputs": [chance.choice(known.inputs)], "options": options}


def _multipart(draft: Draft, data: bytes, chance: random.Random) -> None:
    mark = uuid.UUID(int=chance.getrandbits(128)).hex
    field_name = chance.choice(("file", "file", "file", "picture", "", 'a"b'))
    file_name = chance.choice(("a.png", "../../a.png", "\u00e9\r\n", "a" * 400))
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="{field_name}"; '
        f'filename="{file_name}"\r\nContent-Type: image/png\r\n\r\n'
    )
    draft.headers.append(("Content-Type", f"multipart/form-data; boundary={mark}"))
    draft.body = head.encode() + data + f"\r\n--{mark}--\r\n".encode()
