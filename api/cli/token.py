"""``maquette token``: what callers of the API present."""

from __future__ import annotations

from maquette.api.cli.connect import settings_of
from maquette.api.cli.terminal.options import DataDir, Json
from maquette.api.cli.terminal.screen import Screen
from maquette.infra.stack.state.folders import StackFolders
from maquette.infra.stack.state.keys import stack_keys
from maquette.records.errors import ConfigError


def token(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Print the access token of the API, for programs of your own.

    curl -H "Authorization: Bearer $(maquette token)" http://127.0.0.1:8420/api/v1/tasks
    """
    screen = Screen(as_json=as_json)
    settings = settings_of(data_dir)
    if settings.api.token is not None:
        value = settings.api.token.get_secret_value()
    elif "api" in settings.stack.managed:
        folders = StackFolders(settings.data_dir)
        folders.make()
        value = stack_keys(folders)["api_token"]
    else:
        raise ConfigError(
            "the server is not run by this machine's stack, and api.token is not set",
            hint="set MAQUETTE_API__TOKEN to the token of that server",
        )
    if as_json:
        screen.document({"token": value})
    else:
        screen.answer(value)
