"""Doors for other packages: same checks for all, and one that breaks leaves the others be."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest
from installed import Packages

from maquette.infra.plugins import PluginDoor, PluginProblem, load, open_door
from maquette.records.errors import ConfigError

DOOR = PluginDoor("hats", "an object with a brim", has=("brim",))
OF_INSTANCES = PluginDoor("hats", "a hat", has=("brim",), takes="instance")
OF_CLASSES = PluginDoor("hats", "a kind of hat", has=("brim",), takes="class")


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


@pytest.mark.parametrize(
    ("door", "thing", "reason"),
    [
        (OF_INSTANCES, Hat, "it names the class Hat; expected an instance, a hat"),
        (OF_CLASSES, Hat(), "it names a Hat; expected a kind of hat"),
    ],
)
def test_a_class_and_its_instance_are_told_apart(
    door: PluginDoor, thing: object, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have the attributes; a door takes one of them, and refuses the other at the door."""
    monkeypatch.setattr("decimal.Decimal", thing)
    (problem,) = open_door(door, {}, entries=[entry("top", "decimal:Decimal")]).problems
    assert problem.reason == reason
    with pytest.raises(ConfigError, match="expected"):
        load(door, entry("top", "decimal:Decimal"))
    fits = Hat() if isinstance(thing, type) else Hat
    monkeypatch.setattr("decimal.Decimal", fits)
    assert open_door(door, {}, entries=[entry("top", "decimal:Decimal")]).found == {"top": fits}


@pytest.fixture
def hats(packages: Packages) -> None:
    """Two installed packages that bring the same name; one asks to end the program."""
    packages.install("one_hat", {"hats:top": "one_hat"}, "raise SystemExit(3)")
    packages.install("two_hats", {"hats:top": "two_hats"}, "brim = 1")


def test_a_plug_in_that_ends_the_program_is_left_out_by_its_package(hats: None) -> None:
    """Its package and version are named, and the other one of the same name works."""
    opened = open_door(DOOR, {})
    assert opened.problems == [
        PluginProblem("plug-in top (one_hat, one_hat 1.5)", "cannot be imported: SystemExit: 3")
    ]
    assert opened.origins == {"top": "plug-in top (two_hats, two_hats 1.5)"}


def test_a_name_of_ours_that_is_not_loaded_is_taken_too(hats: None) -> None:
    """A table that is loaded when chosen keeps its names."""
    reasons = {one.plugin: one.reason for one in open_door(DOOR, {}, taken=["top"]).problems}
    assert reasons["plug-in top (two_hats, two_hats 1.5)"] == "the name 'top' is taken by Maquette"
