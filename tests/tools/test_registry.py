"""The registry: one hook for all, no clashes, and no plug-in can break the others."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

import pytest

from maquette.records.base import Record
from maquette.records.errors import ConfigError, Conflict, NotFound
from maquette.tools.contract import Text, ToolContext
from maquette.tools.plugins.hookspecs import hookimpl
from maquette.tools.registry import Registry, load_registry
from maquette.tools.spec import ToolSpec, tool


class Echo(Record):
    text: Text


def make(name: str) -> ToolSpec:
    @tool(name, version="1", cost_s=0.0, light=True)
    async def echo(ctx: ToolContext, *, text: Text) -> Echo:
        """Give back the text."""
        return Echo(text=text)

    return echo


class Plugin:
    """An object that holds a hook, as a plug-in's module does."""

    def __init__(self, hook: Any = None) -> None:
        if hook is not None:
            self.maquette_tools = hook


def plugin(*specs: Any, broken: bool = False) -> Plugin:
    @hookimpl
    def maquette_tools(register: Any) -> None:
        for spec in specs:
            register(spec)
        if broken:
            raise ImportError("libmissing.so is missing")

    return Plugin(maquette_tools)


def test_the_built_in_tools_are_there() -> None:
    """Every module of a built-in tool registers through the same hook as plug-ins."""
    registry = load_registry(entries=())
    assert {"draw", "embed_text", "enlarge", "find_pictures", "read_text", "typeset"} <= set(
        registry.names()
    )
    assert registry.problems == ()
    assert registry.origin("draw") == "the built-in tools"


def test_a_plug_in_adds_its_tools() -> None:
    """A tool of a plug-in is found by name, with its origin."""
    registry = load_registry([("mine", plugin(make("echo")))], entries=())
    assert registry.get("echo").name == "echo" and registry.origin("echo") == "plug-in mine"


def test_an_installed_entry_point_is_loaded() -> None:
    """An entry point of the group maquette.tools is a plug-in."""
    entry = EntryPoint("noop", f"{__name__}:ECHO_PLUGIN", "maquette.tools")
    registry = load_registry(entries=[entry])
    assert "entry_echo" in registry and registry.problems == ()


ECHO_PLUGIN = plugin(make("entry_echo"))


def test_a_clash_is_refused_naming_both_origins() -> None:
    """A second tool of a name is refused; the message names both sides."""
    registry = Registry([make("echo")], origin="plug-in one")
    with pytest.raises(Conflict) as caught:
        registry.add(make("echo"), origin="plug-in two")
    assert "plug-in one" in caught.value.message and "plug-in two" in caught.value.message


def test_a_clashing_plug_in_is_left_out_whole() -> None:
    """A plug-in that takes a built-in name is reported, and none of its tools is taken."""
    registry = load_registry([("bad", plugin(make("other"), make("draw")))], entries=())
    assert "other" not in registry
    assert registry.origin("draw") == "the built-in tools"
    (problem,) = registry.problems
    assert "built-in" in problem.reason and "plug-in bad" in problem.reason


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (plugin(make("half"), broken=True), "libmissing.so is missing"),
        (plugin("not a tool"), "expected a tool made by @tool"),
        (Plugin(), "no function marked @hookimpl"),
    ],
)
def test_a_broken_plug_in_is_reported_and_the_rest_works(broken: Any, told: str) -> None:
    """A plug-in that raises, or gives nonsense, is noted; built-ins and others stay."""
    registry = load_registry([("broken", broken), ("good", plugin(make("echo")))], entries=())
    assert "half" not in registry and "echo" in registry and "draw" in registry
    (problem,) = registry.problems
    assert problem.plugin == "plug-in broken" and told in problem.reason


def test_an_entry_point_that_cannot_be_imported_is_reported() -> None:
    """A missing module of a plug-in is a problem that names the entry point."""
    entry = EntryPoint("gone", "no_such_module_anywhere:plugin", "maquette.tools")
    registry = load_registry(entries=[entry])
    (problem,) = registry.problems
    assert "gone" in problem.plugin and "no_such_module_anywhere" in problem.reason


def test_an_unknown_name_lists_the_nearest_and_the_known() -> None:
    """Asking for a misspelt tool says what it may have been and what there is."""
    registry = load_registry(entries=())
    with pytest.raises(NotFound) as caught:
        registry.get("typset")
    assert "did you mean 'typeset'?" in caught.value.message
    assert "draw, edit, edit_scene, embed_text" in caught.value.message


def test_only_tools_are_taken() -> None:
    """Anything not made by @tool is refused with what it was."""
    with pytest.raises(ConfigError, match="function"):
        Registry().add(lambda: None, origin="the test")  # type: ignore[arg-type]
