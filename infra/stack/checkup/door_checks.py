"""The doctor's look at the doors: who may use each, and which should not be there."""

from __future__ import annotations

from collections.abc import Iterator

from maquette.infra.settings.schema import Settings
from maquette.infra.stack.checkup.check import Check
from maquette.infra.stack.checkup.doors import doors


def door_checks(settings: Settings) -> Iterator[Check]:
    """Doors of one kind together; one that should not be there by itself."""
    groups: dict[tuple[str, str], list[str]] = {}
    for door in doors(settings):
        name = f"{door.part} door {door.address}"
        public = door.part == "api" and door.port == settings.api.port
        if door.who is None:
            yield Check(
                name,
                False,
                problem=f"a process {door.process!r} listens there, and it is not known what for",
                next_step="stop the stack with `maquette down`; if it is back after the next "
                "start, report it",
            )
        elif not door.is_loopback and not public:
            yield Check(
                name,
                False,
                problem=f"it can be reached from other machines ({door.who})",
                next_step="stop the stack with `maquette down`, and see which setting or variable "
                "names another host than 127.0.0.1",
            )
        else:
            groups.setdefault((door.part, door.who), []).append(door.address)
    for (part, who), addresses in groups.items():
        plural = "s" if len(addresses) > 1 else ""
        yield Check(f"{part} door{plural}", True, detail=f"{', '.join(addresses)}: {who}")


def sealing_check(settings: Settings) -> Check:
    """For an engine of somebody else: whether our histories can be read there."""
    if settings.temporal.payload_key is not None:
        return Check("histories", True, detail="sealed with temporal.payload_key")
    return Check(
        "histories",
        False,
        problem="temporal.payload_key is not set: whoever reaches Temporal reads prompts and "
        "starts tasks",
        next_step="openssl rand -base64 32, and give every API and worker the same key",
    )
