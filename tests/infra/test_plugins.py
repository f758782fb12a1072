"""Doors for other packages: same checks for all, and one that breaks leaves the others be."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from maquette.infra.plugins import PluginDoor, PluginProblem, open_door
from maquette.records.errors import ConfigError

DOOR = PluginDoor("hats", "an object with a brim", has=("brim",))


class Hat:
    """Something with a brim."""

    brim = 3


def entry(name: str, value: str) -> EntryPoint:
    """What a package would declare."""
    return EntryPoint(name, value, DOOR.group)


def test_what_a_package_brings_stands_beside_the_built_in_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both are found by name, and who brought them is told."""
    own = Hat()
    monkeypatch.setattr("decimal.Decimal", Hat)
    opened = open_door(DOOR, {"straw": own}, entries=[entry("top", "decimal:Decimal")])
    assert opened.found == {"straw": own, "top": Hat} and opened.problems == []
    assert opened.origins == {"straw": "Maquette", "top": "plug-in top (decimal:Decimal)"}


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("lost", "no_such_module:x", "cannot be imported: ModuleNotFoundError"),
        ("bald", "math:pi", "it brings a float without brim; expected an object with a brim"),
        ("straw", "math:pi", "it brings a float without brim"),
        ("odd", "math:no_such_thing", "cannot be imported: AttributeError"),
    ],
)
def test_a_plug_in_that_cannot_be_used_is_told(name: str, value: str, reason: str) -> None:
    """The built-in things stay, the reason names what was brought and what was expected."""
    opened = open_door(DOOR, {"straw": Hat}, entries=[entry(name, value)])
    assert list(opened.found) == ["straw"]
    (problem,) = opened.problems
    assert problem.plugin == f"plug-in {name} ({value})" and problem.reason.startswith(reason)


def test_a_taken_name_stays_with_who_had_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in cannot put itself in the place of a built-in thing."""
    monkeypatch.setattr("decimal.Decimal", Hat)
    opened = open_door(DOOR, {"straw": Hat}, entries=[entry("straw", "decimal:Decimal")])
    assert opened.problems == [
        PluginProblem("plug-in straw (decimal:Decimal)", "the name 'straw' is taken by Maquette")
    ]


def test_a_built_in_thing_is_held_to_the_same_checks() -> None:
    """What we bring ourselves must be what the door takes."""
    with pytest.raises(ConfigError, match="without brim"):
        open_door(DOOR, {"bald": 3}, entries=[])
