"""The recipe of the packaged names, on a small table of its own."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from maquette.training.art import names


def put(path: Path, value: Any) -> None:
    """Write a JSON file in a folder that may not be there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """npm packages with a cat, a flag, a hand, and a hand of some skin tone."""
    put(tmp_path / "cldr-annotations-full/package.json", {"version": "1.2"})
    cats = {"en": ["cat"], "en-AU": ["moggy"], "de": ["Katze"]}
    for locale, said in cats.items():
        row = {"🐈": {"tts": said, "default": ["pet", said[0]]}, "👋": {"tts": ["waving hand"]}}
        put(tmp_path / f"cldr-annotations-full/annotations/{locale}/annotations.json",
            {"annotations": {"annotations": row}})  # fmt: skip
    flag = {"🇩🇪": {"tts": ["flag: Germany"], "default": ["flag"]}}
    put(tmp_path / "cldr-annotations-derived-full/annotationsDerived/en/annotations.json",
        {"annotationsDerived": {"annotations": flag}})  # fmt: skip
    put(tmp_path / "emojibase-data/meta/groups.json", {
        "groups": {"1": "people-body", "3": "animals-nature", "9": "flags"},
        "subgroups": {"16": "hand-fingers-open", "34": "animal-mammal", "99": "country-flag"},
    })  # fmt: skip
    rows = [("1F408", 3, 34), ("1F1E9-1F1EA", 9, 99), ("1F44B", 1, 16), ("1F44B-1F3FD", 1, 16)]
    told = [{"hexcode": code, "group": group, "subgroup": sub} for code, group, sub in rows]
    put(tmp_path / "emojibase-data/en/data.json", [*told, {"hexcode": "1F1E6"}])
    return tmp_path


def test_names_keywords_kinds(packages: Path) -> None:
    """Usual name first, those of other regions behind it, keywords without the names."""
    told = names.tell(packages)
    assert told["licence"] == "Unicode-3.0" and told["source"].endswith("1.2")
    assert set(told["things"]) == {"1f408", "1f1e9-1f1ea", "1f44b"}
    kind, group, english, german, *_ = told["things"]["1f408"]
    assert (kind, group) == ("thing", "animal-mammal")
    assert (english, german) == ("cat;moggy|pet", "katze|pet")
    assert told["things"]["1f1e9-1f1ea"][2] == "flag of germany;germany flag|flag"
    assert told["things"]["1f44b"][0] == "hand"


def test_the_same_packages_give_the_same_bytes(
    packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No time of day is in the file."""
    written = []
    for at in range(2):
        monkeypatch.setattr(names, "DATA", packages / f"{at}.gz")
        names.main(packages)
        written.append(names.DATA.read_bytes())
    assert written[0] == written[1]
    assert json.loads(gzip.decompress(written[0])) == names.tell(packages)
