"""Finding the server: the local stack, started when asked to, or the address in the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maquette.api.cli.terminal.screen import Screen
from maquette.api.cli.views.models_line import ask_roles, roles_lines
from maquette.api.cli.views.parts_view import PartsView
from maquette.api.client import MaquetteClient
from maquette.api.http.errors import Unreachable
from maquette.infra.disk import check_room
from maquette.infra.settings.load import load_settings
from maquette.infra.settings.models import served_here
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.control import ensure_stack, load_stack_settings, read_stack
from maquette.infra.stack.parts.resolve import api_url
from maquette.infra.stack.state.info import StackInfo
from maquette.infra.stack.state.progress import STACK, PartState, ProgressEvent, Report
from maquette.model_servers.readiness import check_roles

PATIENCE_S = 120.0
"""A server, or an engine behind it, may be away for so long before a watcher gives up."""


def settings_of(data_dir: Path | None) -> Settings:
    """The settings, with the data directory of the command line on top."""
    overrides = {} if data_dir is None else {"data_dir": str(data_dir.absolute())}
    return load_settings(overrides=overrides)


def local_place(data_dir: Path | None) -> Path | None:
    """The data directory of the stack on this machine; None: the server is elsewhere."""
    settings = settings_of(data_dir)
    return settings.data_dir if "api" in settings.stack.managed else None


def make_client(
    screen: Screen, data_dir: Path | None, *, start: bool = False, patience_s: float = PATIENCE_S
) -> MaquetteClient:
    """A client of the server that these settings mean.

    Args:
        start: start the local stack when none runs, telling how it comes up.

    Raises: Unreachable: no stack runs, and none is to be started. GiveUp: it does not start.
        DiskFull: it, or what it is asked to do, would find no room.
    """
    settings = settings_of(data_dir)
    if "api" not in settings.stack.managed:
        token = settings.api.token
        return MaquetteClient(
            api_url(settings),
            token.get_secret_value() if token else None,
            patience_s=patience_s,
            on_busy=screen.busy,
        )
    info = read_stack(settings)
    if start:
        check_room(settings.data_dir)
    if start and (info is None or not info.ready):
        info = bring_up(screen, settings, settings.stack.idle_stop_s)
    if info is None:
        raise Unreachable(
            "no Maquette stack is running here", hint='maquette up, or just: maquette run "..."'
        )
    return MaquetteClient(info.api_url, info.token, patience_s=patience_s, on_busy=screen.busy)


def bring_up(screen: Screen, settings: Settings, idle_stop_s: float) -> StackInfo:
    """Start the stack in the background and show its parts getting ready."""
    check_start(settings)
    with parts_view(screen, settings) as report:
        return ensure_stack(settings, idle_stop_s=idle_stop_s, report=report)


def check_start(settings: Settings) -> None:
    """Find before any part is started what would end it again.

    Raises: ConfigError: a model is not there, or an option is not known. DiskFull.
    """
    check_room(settings.data_dir)
    if served_here(settings):
        check_roles(settings)


@contextmanager
def parts_view(screen: Screen, settings: Settings) -> Iterator[Report]:
    """Yields a function that is told of each part's changes.

    Before it says that the stack is ready it tells the roles that did not start, and why.
    """
    with PartsView(screen) as view:

        def report(event: ProgressEvent) -> None:
            if event.part == STACK and event.state is PartState.READY:
                _tell_roles(screen, settings)
            view.report(event)

        yield report


def _tell_roles(screen: Screen, settings: Settings) -> None:
    info = read_stack(settings)
    if info is None or screen.as_json or not served_here(settings):
        return
    if problems := ask_roles(load_stack_settings(info)):
        screen.say(roles_lines(problems), indent=2)
