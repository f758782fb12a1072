"""``maquette art``: packs with their terms, things with their names, pictures in files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from maquette.api.cli.main import app
from maquette.infra.vector.safe_svg import admit
from maquette.tools.art.packs import table

DOT = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="2"/></svg>'
)


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    table.look_in(None)


def maquette(*words: str, folder: Path) -> Result:
    """Run a command of ``art`` on a data directory of its own."""
    return CliRunner().invoke(app, ["art", *words, "--data-dir", str(folder / "data")])


def test_ls_tells_packs_and_licences(tmp_path: Path) -> None:
    """Of the pictures and of the names; as JSON with digests, and as a table."""
    told = json.loads(maquette("ls", "--json", folder=tmp_path).stdout)
    (noto,) = [row for row in told["packs"] if row["name"] == "noto"]
    assert noto["licence"]["name"] == "OFL-1.1" and noto["things"] > 1_900
    assert len(noto["digest"]) == 64 and noto["from"] == "Maquette"
    assert told["names"]["name"] == "Unicode-3.0" and told["problems"] == []
    shown = maquette("ls", folder=tmp_path).stdout
    assert "OFL-1.1" in shown and "Unicode-3.0" in shown


def test_show_tells_names_and_saves_a_picture(tmp_path: Path) -> None:
    """By id or by exact name in any language; PNG of the size asked for, and SVG."""
    png, svg = tmp_path / "cat.png", tmp_path / "cat.svg"
    told = json.loads(maquette("show", "Cat", "--json", folder=tmp_path).stdout)
    assert told["id"] == "noto:1f408" and told["names"]["de"] == ["katze"]
    assert (
        maquette("show", "katze", "-o", str(png), "--size", "200", folder=tmp_path).exit_code == 0
    )
    assert maquette("show", "noto:1f408", "-o", str(svg), folder=tmp_path).exit_code == 0
    picture = Image.open(png)
    assert max(picture.size) == 200 and picture.getchannel("A").getextrema() == (0, 255)
    assert admit(svg.read_bytes()).body
    wide, high = picture.size
    assert picture.getchannel("A").getbbox()[0] == pytest.approx(
        0.04 / 1.08 * max(wide, high), abs=2
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "unicorn cow"), "nothing is named exactly"),
        (("show", "nato:1f408"), "no art pack is named"),
        (("show", "cat", "-o", "cat.gif"), "neither .svg nor .png"),
        (("add", "no-such-place"), "there is no no-such-place"),
        (("add", ".", "--name", "noto", "--licence", "MIT"), "an art pack 'noto' is there"),
    ],
)
def test_what_cannot_be_done_is_said(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """In a sentence, with an exit code."""
    done = maquette(*words, folder=tmp_path)
    assert done.exit_code != 0 and said in " ".join(done.stderr.split()).lower()


def test_a_pack_that_was_added_is_listed_and_shown(tmp_path: Path) -> None:
    """What was refused of it is told."""
    drawings = tmp_path / "zoo"
    drawings.mkdir()
    (drawings / "lion.svg").write_text(DOT)
    (drawings / "evil.svg").write_text(DOT.replace("<circle", "<script"))
    done = maquette("add", str(drawings), "--licence", "CC0-1.0", folder=tmp_path)
    assert done.exit_code == 0 and "zoo: 1 things, CC0-1.0" in done.stdout
    assert "'script'" in " ".join(done.stderr.split())
    told = json.loads(maquette("ls", "--json", folder=tmp_path).stdout)
    assert [row["name"] for row in told["packs"]] == ["noto", "shapes", "zoo"]
    shown = json.loads(maquette("show", "zoo:lion", "--json", folder=tmp_path).stdout)
    assert shown["licence"]["name"] == "CC0-1.0"
