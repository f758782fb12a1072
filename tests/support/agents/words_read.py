"""Requests as the bundled reader reads them, without a model server."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from maquette.agents.reading.labelled.read import Read, read_with
from maquette.agents.reading.request import Reading

if TYPE_CHECKING:
    from maquette.model_servers.reading.reader import Reader


@cache
def reader() -> Reader:
    """The bundled reader, loaded once."""
    from maquette.model_servers.embedding.encoder import model_folder
    from maquette.model_servers.reading.reader import Reader

    return Reader(model_folder())


def read_all(text: str, attached: int = 0) -> Read:
    """All items of a request, and its ledger."""
    return read_with(text, attached, reader().read)


def read_request(text: str, attached: int = 0) -> Reading:
    """The first item of a request."""
    return read_all(text, attached).items[0]
