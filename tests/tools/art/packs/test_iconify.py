"""An Iconify JSON file as a pack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from maquette.records.errors import MediaRejected
from maquette.tools.art.packs import iconify
from maquette.tools.art.packs.iconify import read_iconify

SQUARE = '<path fill="currentColor" d="M2 3h4v5H2z"/>'


def written(folder: Path, **more: Any) -> Path:
    """A file with two icons, of which one is hidden."""
    icons = {"cat": {"body": SQUARE}, "old": {"body": SQUARE, "hidden": True}}
    told = {"prefix": "set", "icons": icons, "width": 24, "height": 24}
    path = folder / "set.json"
    path.write_text(json.dumps(told | more))
    return path


def test_an_icon_has_its_box_and_its_colour(tmp_path: Path) -> None:
    """The file's size, or its own; the current colour is black; hidden ones are left out."""
    sides = {"body": SQUARE, "left": -1, "top": 2, "width": 10, "height": 9}
    icons = {"cat": {"body": SQUARE}, "own": sides, "old": {"body": SQUARE, "hidden": True}}
    pack = read_iconify(written(tmp_path, icons=icons), licence="MIT")
    assert list(pack.cards()) == ["set:cat", "set:own"]
    art = pack.art("set:cat")
    assert art.view_box == (0, 0, 24, 24) and "#000000" in art.body
    assert art.ink == pytest.approx((2, 3, 6, 8), abs=24 / 256)
    assert pack.art("set:own").view_box == (-1, 2, 10, 9)


def test_an_icon_without_a_size_is_sixteen_wide(tmp_path: Path) -> None:
    """As the format says."""
    path = tmp_path / "set.json"
    path.write_text(json.dumps({"prefix": "set", "icons": {"cat": {"body": SQUARE}}}))
    assert read_iconify(path, licence="MIT").art("set:cat").view_box == (0, 0, 16, 16)


def test_an_alias_is_another_name_or_left_out(tmp_path: Path) -> None:
    """One that turns or mirrors is no thing of its own."""
    aliases = {
        "kitty": {"parent": "cat"},
        "turned": {"parent": "cat", "rotate": 1},
        "mirrored": {"parent": "cat", "hFlip": True},
        "lost": {"parent": "nothing"},
    }
    pack = read_iconify(written(tmp_path, aliases=aliases), licence="MIT")
    assert pack.cards()["set:cat"].names == {"en": ("cat", "kitty")}


def test_terms_and_groups_are_those_of_the_file(tmp_path: Path) -> None:
    """Title, author, SPDX identifier, category; a name of one's own in place of the prefix."""
    info = {
        "name": "A Set",
        "author": {"name": "A. Painter", "url": "https://x.example"},
        "license": {"title": "MIT License", "spdx": "MIT"},
    }
    path = written(tmp_path, info=info, categories={"Animals": ["cat"]})
    pack = read_iconify(path, "mine")
    assert (pack.title, pack.licence.name, pack.licence.holder) == ("A Set", "MIT", "A. Painter")
    assert pack.cards()["mine:cat"].group == "animals"
    path = written(tmp_path)
    (tmp_path / "info.json").write_text(json.dumps(info))
    assert read_iconify(path).licence == pack.licence


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, "does not tell its licence"),
        ({"icons": {}}, "0 icons"),
        ({"icons": {"a b": {"body": ""}}}, "no id"),
        ({"icons": {"cat": {}}}, r"icons\.cat\.body"),
        ({"width": -1}, "width"),
        ({"icons": 5}, "icons"),
    ],
)
def test_what_is_no_pack_is_told(more: dict[str, Any], reason: str, tmp_path: Path) -> None:
    """The place in the file and what is wrong."""
    with pytest.raises(MediaRejected, match=reason):
        read_iconify(written(tmp_path, **more), licence=None if not more else "MIT")


def test_a_file_too_large_or_no_json_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size is asked before it is read."""
    path = tmp_path / "set.json"
    path.write_text("{")
    with pytest.raises(MediaRejected, match="no Iconify JSON"):
        read_iconify(path)
    monkeypatch.setattr(iconify, "MAX_FILE_BYTES", 0)
    with pytest.raises(MediaRejected, match="1 bytes"):
        read_iconify(path)


def test_an_icon_is_admitted_like_any_drawing(tmp_path: Path) -> None:
    """Its body cannot leave the document that is made around it."""
    for body in ("<script/>", '</svg><svg onload="x()">', '<g onclick="x()"/>', "<g>"):
        pack = read_iconify(written(tmp_path, icons={"cat": {"body": body}}), licence="MIT")
        with pytest.raises(MediaRejected, match="set:cat"):
            pack.art("set:cat")
