"""The desk, as FastAPI hands it to a route."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from maquette.api.desk.desk import Desk


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


Context = Annotated[Desk, Depends(_desk)]
