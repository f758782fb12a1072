"""The whole plug-in surface. Built-in tools register through the same hook.

A package outside adds tools with one function and one entry point::

    from maquette.tools.plugins.hookspecs import hookimpl

    @hookimpl
    def maquette_tools(register):
        register(my_tool)

    [project.entry-points."maquette.tools"]
    mine = "my_package.plugin"
"""

from __future__ import annotations

from collections.abc import Callable

import pluggy

from maquette.tools.spec import ToolSpec

PROJECT = "maquette"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def maquette_tools(register: Callable[[ToolSpec], None]) -> None:
    """Call ``register`` with each tool made by ``@tool``."""
