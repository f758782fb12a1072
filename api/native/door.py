"""The native door: every route of our own API, told as problem documents."""

from __future__ import annotations

from maquette.api.http.front_doors import FORM, FrontDoor, Intake
from maquette.api.http.problems import problem_response
from maquette.api.native import (
    artifacts,
    events,
    forecasts,
    plans,
    search,
    sessions,
    system,
    tasks,
    tools,
)
from maquette.infra.settings.schema import LimitSettings

FORM_OVERHEAD_BYTES = 64_000
"""What a form with one picture holds beside the picture."""


def native_door(limits: LimitSettings) -> FrontDoor:
    """The door that also answers wherever no other does. JSON, but for the upload of pictures."""
    return FrontDoor(
        prefix="",
        intake=Intake(limits.max_body_bytes),
        apart={
            artifacts.router.prefix: Intake(limits.max_upload_bytes + FORM_OVERHEAD_BYTES, (FORM,))
        },
        face=problem_response,
        routers=tuple(
            module.router
            for module in (
                tasks,
                sessions,
                events,
                plans,
                forecasts,
                search,
                artifacts,
                tools,
                system,
            )
        ),
    )
