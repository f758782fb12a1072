"""Packs that a person adds: checked, copied, and read again as they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maquette.records.errors import Conflict, InvalidInput, MaquetteError, MediaRejected
from maquette.tools.art.packs import noto
from maquette.tools.art.packs.added import add, added

DOT = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="2"/></svg>'
)


@pytest.fixture
def drawings(tmp_path: Path) -> Path:
    folder = tmp_path / "zoo"
    folder.mkdir()
    (folder / "lion.svg").write_text(DOT)
    (folder / "evil.svg").write_text(DOT.replace("<circle", "<script"))
    told = {"title": "The Zoo", "things": {"lion": {"names": {"de": ["löwe"]}}, "evil": {}}}
    (folder / "names.json").write_text(json.dumps(told))
    return folder


@pytest.fixture
def icons(tmp_path: Path) -> Path:
    path = tmp_path / "set.json"
    body = '<path d="M0 0h9v9z"/>'
    told = {
        "prefix": "set",
        "icons": {"cat": {"body": body}, "bad": {"body": "<image/>"}},
        "aliases": {"puss": {"parent": "cat"}},
        "info": {"license": {"spdx": "MIT"}},
    }
    path.write_text(json.dumps(told))
    return path


def test_a_folder_is_copied_without_what_was_refused(drawings: Path, tmp_path: Path) -> None:
    """The copy stands when the original is gone, and tells the same."""
    done = add(drawings, tmp_path / "art", licence="CC0-1.0")
    assert done.refused == ("zoo:evil: the SVG has an element 'script'; this is not taken",)
    for file in drawings.iterdir():
        file.unlink()
    ((name, pack),) = added(tmp_path / "art")
    assert not isinstance(pack, MaquetteError)
    assert name == "zoo" and list(pack.cards()) == ["zoo:lion"]
    assert pack.cards()["zoo:lion"].names == {"de": ("löwe",)}
    assert (pack.title, pack.licence.name, pack.licence.source) == ("The Zoo", "CC0-1.0", "zoo")
    assert pack.digest == done.pack.digest and pack.art("zoo:lion").ink[0] > 0


def test_an_iconify_file_is_copied_too(icons: Path, tmp_path: Path) -> None:
    """Under its prefix, or under another name."""
    add(icons, tmp_path / "art")
    add(icons, tmp_path / "art", name="other")
    packs = dict(added(tmp_path / "art"))
    assert list(packs) == ["other", "set"]
    for name, pack in packs.items():
        assert not isinstance(pack, MaquetteError)
        assert list(pack.cards()) == [f"{name}:cat"]
        assert pack.cards()[f"{name}:cat"].names["en"] == ("cat", "puss")


@pytest.mark.slow
def test_a_colour_font_is_copied_too(tmp_path: Path) -> None:
    """Its things have the names of their characters; one that is damaged is refused."""
    path = tmp_path / "Own.ttf"
    path.write_bytes(noto._read(Path(str(noto._distribution().locate_file(noto.FONT)))))
    with pytest.raises(MediaRejected, match="does not tell its licence"):
        add(path, tmp_path / "art")
    done = add(path, tmp_path / "art", licence="OFL-1.1")
    assert done.refused == () and done.pack.cards()["own:1f408"].name == "cat"
    ((name, pack),) = added(tmp_path / "art")
    assert name == "own" and not isinstance(pack, MaquetteError)
    assert pack.art("own:1f408") == noto.pack().art("noto:1f408")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(MediaRejected):
        add(path, tmp_path / "art", name="half", licence="OFL-1.1")


@pytest.mark.parametrize(
    ("name", "licence", "error"),
    [
        ("Zoo!", "MIT", InvalidInput), ("../x", "MIT", InvalidInput), ("", "MIT", None),
        (None, "GPL 3", InvalidInput), (None, None, MediaRejected),
        (None, "CC-BY-4.0 OR MIT", None),
    ],
)  # fmt: skip
def test_name_and_licence_are_checked(
    name: str | None, licence: str | None, error: type[Exception] | None,
    drawings: Path, tmp_path: Path,
) -> None:  # fmt: skip
    """Nothing is written when they are refused."""
    if error is None:
        assert add(drawings, tmp_path / "art", name=name, licence=licence).pack.name == "zoo"
        return
    with pytest.raises(error):
        add(drawings, tmp_path / "art", name=name, licence=licence)
    assert not (tmp_path / "art").exists()


def test_a_pack_is_added_once(icons: Path, tmp_path: Path) -> None:
    """The one that is there stays as it is."""
    add(icons, tmp_path / "art")
    with pytest.raises(Conflict, match="'set' is there"):
        add(icons, tmp_path / "art")
    with pytest.raises(Conflict, match="'set' is there"):
        add(icons, tmp_path / "elsewhere", taken={"set"})


def test_what_cannot_be_used_at_all_is_not_kept(drawings: Path, tmp_path: Path) -> None:
    """No drawing is good, or nothing is there."""
    (drawings / "lion.svg").write_text("<svg")
    with pytest.raises(MediaRejected, match="no drawing of zoo can be used"):
        add(drawings, tmp_path / "art", licence="MIT")
    with pytest.raises(InvalidInput, match="there is no"):
        add(tmp_path / "gone", tmp_path / "art")
    assert list(added(tmp_path / "art")) == []


def test_a_damaged_pack_is_told_and_the_others_stay(
    drawings: Path, icons: Path, tmp_path: Path
) -> None:
    """An error stands in its place."""
    add(drawings, tmp_path / "art", licence="MIT")
    add(icons, tmp_path / "art")
    (tmp_path / "art" / "set" / "icons.json").write_text("{}")
    packs = dict(added(tmp_path / "art"))
    assert isinstance(packs["set"], MediaRejected) and not isinstance(packs["zoo"], MaquetteError)
    (tmp_path / "art" / "zoo" / "pack.json").unlink()
    assert isinstance(dict(added(tmp_path / "art"))["zoo"], MediaRejected)
