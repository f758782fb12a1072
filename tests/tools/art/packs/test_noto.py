"""The default pack: its font is found as a file, checked, and opened at the first use."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from typing import Any

import pytest

from maquette.records.errors import IntegrityError, MissingExtra, NotFound
from maquette.tools.art.contract import ArtPack
from maquette.tools.art.packs import noto


@pytest.fixture(scope="module")
def pack() -> ArtPack:
    return noto.pack()


def test_a_thing_is_found_by_its_code_points(pack: ArtPack) -> None:
    """A cat is a thing among mammals, named in fourteen languages."""
    card = pack.cards()["noto:1f408"]
    assert (card.name, card.kind, card.group) == ("cat", "thing", "animal-mammal")
    assert card.names["de"] == ("katze",) and card.names["zh"][0] == "猫"
    assert len(card.names) == 14 and "kitten" in card.keywords["en"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("1f382", "thing"), ("2764", "thing"), ("1f47b", "thing"), ("1f44d", "hand"),
        ("1f474", "person"), ("1f469-200d-1f680", "person"), ("1f1e9-1f1ea", "flag"),
        ("1f600", "symbol"), ("26a0", "symbol"), ("31-20e3", "symbol"), ("1f9e0", "thing"),
    ],
)  # fmt: skip
def test_kinds_keep_apart_what_is_found_only_when_meant(
    code: str, kind: str, pack: ArtPack
) -> None:
    """A cake, a heart, a ghost and a brain are things; hands, people, flags, signs are not."""
    assert pack.cards()[f"noto:{code}"].kind == kind


def test_skin_tones_are_no_cards_and_can_be_reached(pack: ArtPack) -> None:
    """A waving hand of a medium tone is drawn, and differs from the one without."""
    assert "noto:1f44b-1f3fd" not in pack.cards()
    assert pack.art("noto:1f44b-1f3fd").body != pack.art("noto:1f44b").body


@pytest.mark.parametrize("code", ["1f1ef-1f1f5", "1f3f4-200d-2620", "1f469-200d-1f680", "23-20e3"])
def test_a_sequence_is_one_thing(code: str, pack: ArtPack) -> None:
    """Flags, keycaps and what is joined; the variation selector is not part of the id."""
    x0, y0, x1, y1 = pack.art(f"noto:{code}").ink
    assert x1 - x0 > 300 and y1 - y0 > 300


@pytest.mark.parametrize(
    "id",
    ["noto:zz", "noto:1F408", "noto:1f408-fe0f", "noto:-1", "noto:d83d", "noto:110000",
     "noto:1f408-1f408", "noto:61", "mine:1f408"],
)  # fmt: skip
def test_other_ids_name_nothing(id: str, pack: ArtPack) -> None:
    """One spelling of an id, and only glyphs in colour."""
    with pytest.raises(NotFound):
        pack.art(id)


def test_another_font_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SHA-256 is pinned."""
    monkeypatch.setattr(noto, "SHA256", "0" * 64)
    with pytest.raises(IntegrityError, match="SHA-256"):
        noto.pack().cards()


def test_another_licence_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands beside the font must be the licence that is told."""
    monkeypatch.setattr(noto, "LICENCE_SAYS", "ALL RIGHTS RESERVED")
    with pytest.raises(IntegrityError, match="does not say"):
        noto.pack().cards()
    assert "SIL OPEN FONT LICENSE Version 1.1" in noto.licence_text()


def test_a_missing_package_is_told_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pack stands in the table all the same: name, licence and style need no font."""

    def missing(name: str) -> Any:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(noto, "distribution", missing)
    pack = noto.pack()
    assert pack.licence.name == "OFL-1.1" and pack.title == "Noto Color Emoji"
    with pytest.raises(MissingExtra) as caught:
        pack.cards()
    assert "pip install" in caught.value.hint and "dynamic-font" in caught.value.hint


def test_the_carrying_package_is_never_imported() -> None:
    """Nor is anything read, or a library loaded, before a thing is asked for."""
    code = (
        "import sys; from maquette.tools.art.packs import table; table.all_packs();"
        "heavy = {'uharfbuzz', 'fontTools', 'PIL', 'resvg_py', 'dynamic_font'} & set(sys.modules);"
        "assert not heavy, heavy; table.art_of('noto:1f408'); "
        "assert 'dynamic_font' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
