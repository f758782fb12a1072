"""A folder of SVG files as a pack: names by file, terms told, nothing else read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maquette.records.errors import MediaRejected
from maquette.tools.art.packs import folder as module
from maquette.tools.art.packs.folder import read_folder

DOT = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="2"/></svg>'
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("red-panda", "sun_set.2"):
        (tmp_path / f"{name}.svg").write_text(DOT)
    (tmp_path / "notes.txt").write_text("not a drawing")
    return tmp_path


def tell(place: Path, **told: object) -> None:
    """Write ``names.json``."""
    (place / "names.json").write_text(json.dumps(told))


def test_a_file_name_is_a_name(place: Path) -> None:
    """Where nothing else is told."""
    cards = read_folder(place, "mine", licence="MIT").cards()
    assert {id: card.name for id, card in cards.items()} == {
        "mine:red-panda": "red panda",
        "mine:sun_set.2": "sun set 2",
    }


def test_what_names_json_tells_is_told(place: Path) -> None:
    """Names, keywords, kind and group of a thing; title, style and terms of the pack."""
    thing = {"names": {"en": ["Red Panda"], "de": ["Katzenbär"]}, "keywords": {"en": ["Zoo"]}}
    terms = {"name": "CC-BY-4.0", "holder": "A. Painter", "source": "https://x.example"}
    tell(place, title="Zoo", style="ink", licence=terms,
         things={"red-panda": {**thing, "kind": "symbol", "group": "bears"}})  # fmt: skip
    pack = read_folder(place, "mine")
    card = pack.cards()["mine:red-panda"]
    assert card.names == {"en": ("red panda",), "de": ("katzenbär",)}
    assert (card.keywords, card.kind, card.group) == ({"en": ("zoo",)}, "symbol", "bears")
    assert (pack.title, pack.style, pack.licence.name) == ("Zoo", "ink", "CC-BY-4.0")
    assert pack.licence.holder == "A. Painter"
    assert read_folder(place, "mine", licence="MIT").licence.name == "MIT"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({}, "does not tell its licence"),
        ({"licence": {"name": "MIT"}, "things": {"lion": {}}}, "there is no lion.svg"),
        ({"licence": {"name": "MIT"}, "things": {"red-panda": {"kind": "beast"}}}, "kind"),
        (
            {"licence": {"name": "MIT"}, "things": {"red-panda": {"names": {"English": []}}}},
            "names",
        ),
        ({"license": {"name": "MIT"}}, "license"),
    ],
)
def test_names_that_are_not_as_they_should_be_are_told(
    told: dict[str, object], reason: str, place: Path
) -> None:
    """The file, the place in it, and what is wrong."""
    tell(place, **told)
    with pytest.raises(MediaRejected, match=reason):
        read_folder(place, "mine")


def test_a_folder_that_is_no_pack_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None there, nothing in it, too much in it, a file that is no id."""
    (place / "empty").mkdir()
    for name in ("empty", "missing"):
        with pytest.raises(MediaRejected, match=r"0 SVG files|no folder"):
            read_folder(place / name, "mine", licence="MIT")
    monkeypatch.setattr(module, "MAX_FILES", 1)
    with pytest.raises(MediaRejected, match="2 SVG files; expected 1 to 1"):
        read_folder(place, "mine", licence="MIT")
    monkeypatch.undo()
    (place / "Big Cat.svg").write_text(DOT)
    with pytest.raises(MediaRejected, match=r"'Big Cat\.svg' is no id"):
        read_folder(place, "mine", licence="MIT")


def test_a_link_is_not_followed(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Only what lies in the folder itself is of the pack."""
    other = tmp_path_factory.mktemp("other") / "secret.svg"
    other.write_text(DOT)
    (place / "secret.svg").symlink_to(other)
    assert "mine:secret" not in read_folder(place, "mine", licence="MIT").cards()


def test_the_digest_is_of_all_that_is_read(place: Path) -> None:
    """A drawing, a name or the terms changed: another digest."""
    digests = {read_folder(place, "mine", licence="MIT").digest}
    digests.add(read_folder(place, "mine", licence="CC0-1.0").digest)
    tell(place, things={"red-panda": {"names": {"en": ["bear"]}}})
    digests.add(read_folder(place, "mine", licence="MIT").digest)
    (place / "red-panda.svg").write_text(DOT.replace('r="2"', 'r="3"'))
    digests.add(read_folder(place, "mine", licence="MIT").digest)
    assert len(digests) == 4


def test_a_drawing_that_is_refused_names_its_thing(place: Path) -> None:
    """The others are shown all the same."""
    (place / "bad.svg").write_text(DOT.replace("<circle", "<script"))
    pack = read_folder(place, "mine", licence="MIT")
    with pytest.raises(MediaRejected, match=r"mine:bad: the SVG has an element 'script'"):
        pack.art("mine:bad")
    assert pack.art("mine:red-panda").ink == pytest.approx((2, 2, 6, 6), abs=0.05)


def test_what_hangs_over_the_view_box_is_cut(place: Path) -> None:
    """As in a document of its own; what fills it to the edge is left as it is."""
    (place / "over.svg").write_text(DOT.replace('cx="4"', 'cx="8"'))
    (place / "full.svg").write_text(DOT.replace("<circle", '<rect width="8" height="8"/><circle'))
    pack = read_folder(place, "mine", licence="MIT")
    assert pack.art("mine:over").ink == pytest.approx((6, 2, 8, 6), abs=0.05)
    assert "clip" not in pack.art("mine:full").body
    assert pack.art("mine:full").ink == pytest.approx((0, 0, 8, 8), abs=1e-9)
