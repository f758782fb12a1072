"""Keep large values out of histories: above a limit a value becomes a reference to itself.

A spilled value is written ``{"$stored": <ArtifactRef>, "head": <its first characters>}``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from maquette.records.artifact import ArtifactRef
from maquette.records.ids import canonical_json

if TYPE_CHECKING:
    from maquette.infra.store.contract import ArtifactStore

STORED_KEY = "$stored"
INLINE_BYTES = 4_096
HEAD_CHARACTERS = 1_000


def is_spilled(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {STORED_KEY, "head"}


def spilled_ref(value: dict[str, Any]) -> ArtifactRef:
    return ArtifactRef.model_validate(value[STORED_KEY])


def head_of(value: dict[str, Any]) -> str:
    return str(value["head"])


async def spill(values: dict[str, Any], store: ArtifactStore, owner: str) -> dict[str, Any]:
    """The same values, each above ``INLINE_BYTES`` stored and replaced by its reference."""
    return {name: await _spill_one(value, store, owner) for name, value in values.items()}


async def _spill_one(value: Any, store: ArtifactStore, owner: str) -> Any:
    encoded = canonical_json(value)
    if len(encoded) <= INLINE_BYTES:
        return value
    ref = await store.put(encoded, owner=owner)
    head = value if isinstance(value, str) else encoded.decode()
    return {STORED_KEY: ref.model_dump(mode="json"), "head": head[:HEAD_CHARACTERS]}


async def unspill(values: dict[str, Any], store: ArtifactStore, owner: str) -> dict[str, Any]:
    """The values as they were before ``spill``."""
    whole = dict(values)
    for name, value in values.items():
        if is_spilled(value):
            whole[name] = json.loads(await store.get(spilled_ref(value).sha256, owner=owner))
    return whole
