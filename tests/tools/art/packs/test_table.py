"""All packs in one table: ours, those of packages, those that were added."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from maquette.infra import plugins
from maquette.infra.plugins import ART_PACKS
from maquette.records.errors import NotFound
from maquette.tools.art.packs import table
from maquette.tools.art.packs.added import add
from maquette.tools.art.packs.fake import FakePack


class Broken(FakePack):
    """A pack whose cards cannot be read."""

    def cards(self) -> Any:
        raise RuntimeError("no disk")


class Greedy(FakePack):
    """A pack that names things of another pack."""

    def cards(self) -> Any:
        return {"noto:1f408": None, **super().cards()}


TOYS, BROKEN, GREEDY, ODD = (
    FakePack("toys"),
    Broken("broken"),
    Greedy("greedy"),
    FakePack("other"),
)


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Other tests find the installed packs again."""
    yield
    table.look_in(None)


def bring(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    """Let packages bring art packs."""
    entries = [EntryPoint(name, value, ART_PACKS.group) for name, value in values.items()]
    monkeypatch.setattr(plugins, "entry_points", lambda group: entries)
    monkeypatch.setattr("decimal.TOYS", TOYS, raising=False)
    monkeypatch.setattr("decimal.BROKEN", BROKEN, raising=False)
    monkeypatch.setattr("decimal.GREEDY", GREEDY, raising=False)
    monkeypatch.setattr("decimal.ODD", ODD, raising=False)
    table.look_in(None)


def test_a_thing_is_found_by_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """Card, picture and pack, of ours and of a package; a picture is made once."""
    bring(monkeypatch, toys="decimal:TOYS")
    assert list(table.all_packs()) == ["noto", "shapes", "toys"]
    assert table.card_of("toys:ball").name == "ball" and table.card_of("noto:1f408").name == "cat"
    assert table.pack_of("toys:ball") is TOYS
    assert table.art_of("noto:1f388") is table.art_of("noto:1f388")
    assert {"toys:ball", "noto:1f408"} <= set(table.all_cards())


def test_what_is_not_there_is_told_with_what_is() -> None:
    """The packs are listed for a wrong pack."""
    with pytest.raises(NotFound, match="no art pack is named 'nato'; there are noto"):
        table.art_of("nato:1f408")
    for look in (table.card_of, table.art_of):
        with pytest.raises(NotFound, match="zz"):
            look("noto:zz")


def test_a_pack_that_breaks_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is found at loading or at its cards, the things of the others stay."""
    bring(monkeypatch, broken="decimal:BROKEN", lost="no_such_module:x", bare="math:pi",
          odd="decimal:ODD", toys="decimal:TOYS")  # fmt: skip
    cards = table.all_cards()
    assert "toys:kite" in cards and "noto:1f408" in cards
    reasons = {one.plugin.split(" (")[0]: one.reason for one in table.opened().problems}
    assert "RuntimeError" in reasons["art pack broken"]
    assert "cannot be imported" in reasons["plug-in lost"]
    assert "expected an ArtPack" in reasons["plug-in bare"]
    assert "calls itself 'other'" in reasons["plug-in odd"]
    assert "odd" not in table.all_packs()


def test_no_pack_can_name_a_thing_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cat stays the cat of its pack."""
    bring(monkeypatch, greedy="decimal:GREEDY")
    assert table.all_cards()["noto:1f408"].name == "cat" and "greedy:box" in table.all_cards()


def test_added_packs_stand_beside_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From the data directory, if one is said; a taken name and a damaged pack are told."""
    icons = tmp_path / "set.json"
    body = {"cat": {"body": '<path d="M0 0h9v9z"/>'}}
    icons.write_text(json.dumps({"prefix": "set", "icons": body}))
    for name in ("mine", "toys", "worn"):
        add(icons, tmp_path / table.FOLDER, name=name, licence="MIT")
    (tmp_path / table.FOLDER / "worn" / "pack.json").write_text("x")
    bring(monkeypatch, toys="decimal:TOYS")
    assert "mine" not in table.all_packs()
    table.look_in(tmp_path)
    assert list(table.all_packs()) == ["noto", "shapes", "toys", "mine"]
    assert table.pack_of("toys:ball") is TOYS and table.art_of("mine:cat").ink[2] > 8
    told = {one.plugin: one.reason for one in table.opened().problems}
    assert "taken by plug-in toys" in told["added pack toys"]
    assert "damaged" in told["added pack worn"]
