"""Names of the default art pack, from Unicode: ``python -m maquette.training.art.names``.

Give it a folder in which these npm packages lie unpacked, as ``npm pack NAME`` and ``tar xzf``
leave them, each in a folder of its name: ``cldr-annotations-full`` (of 48.2.0 the file was
made) and ``cldr-annotations-derived-full`` (48.2.0), both Unicode-3.0, for names and keywords;
``emojibase-data`` (17.0.0), whose ``meta/groups.json`` and ``en/data.json`` tell the groups of
Unicode's ``emoji-test.txt``. The same packages give the same bytes.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from maquette.tools.art.packs.names import DATA

LANGUAGES = {
    "en": ("en", "en-001", "en-GB", "en-AU"),
    "de": ("de", "de-CH"),
    "es": ("es", "es-419", "es-MX", "es-US"),
    "zh": ("zh", "zh-Hant"),
    "fr": ("fr", "fr-CA"),
    "it": ("it",),
    "pt": ("pt", "pt-PT"),
    "ja": ("ja",),
    "ko": ("ko",),
    "ru": ("ru",),
    "ar": ("ar",),
    "tr": ("tr",),
    "id": ("id",),
    "fa": ("fa",),
}
"""The locales of a language: the first gives the usual name, the others other names."""

HANDS = {"hand-fingers-open", "hand-fingers-partial", "hand-single-finger", "hand-fingers-closed",
         "hands", "hand-prop"}  # fmt: skip
SYMBOLS = {"emotion", "cat-face"}
THINGS_AMONG_FACES = {"face-costume", "heart", "monkey-face"}
THINGS = {
    *("1f480", "2620", "1f573", "1f4ac", "1f5ef", "1f4a5", "1f4a3", "1f48b", "1f4a6", "1f463"),
}
"""Skulls, a hole, speech bubbles, an explosion, a bomb, a kiss, drops of water, footprints: things
among faces, feelings and people."""
SKIN_TONES = range(0x1F3FB, 0x1F400)


def main(folder: Path) -> None:
    """Write the file and tell its size."""
    found = tell(folder)
    raw = json.dumps(found, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    packed = gzip.compress(raw.encode(), mtime=0)
    DATA.write_bytes(packed)
    sys.stdout.write(
        f"{len(found['things'])} things, {len(raw.encode())} bytes, packed {len(packed)}\n"
    )


def tell(folder: Path) -> dict[str, Any]:
    """The whole table: source and licence, languages, and the things by code points."""
    annotations = {lang: [_locale(folder, one) for one in LANGUAGES[lang]] for lang in LANGUAGES}
    package = folder / "cldr-annotations-full" / "package.json"
    version = json.loads(package.read_text())["version"]
    things = {}
    for code, group, subgroup in _emoji(folder):
        text = "".join(chr(int(one, 16)) for one in code.split("-"))
        kind = _kind(code, group, subgroup)
        words = [_words(annotations[lang], text, kind, lang) for lang in LANGUAGES]
        if words[0]:
            things[code] = [kind, subgroup, *words]
    return {
        "source": f"Unicode CLDR {version}",
        "licence": "Unicode-3.0",
        "languages": list(LANGUAGES),
        "things": things,
    }


def _emoji(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Code points in hexadecimal digits (without the emoji variation selector), group, subgroup."""
    groups = json.loads((folder / "emojibase-data/meta/groups.json").read_text())
    for row in json.loads((folder / "emojibase-data/en/data.json").read_text()):
        points = [int(one, 16) for one in row["hexcode"].split("-")]
        points = [one for one in points if one != 0xFE0F]
        group = groups["groups"].get(str(row.get("group")))
        if group is None or group == "component":
            continue
        if not any(one in SKIN_TONES for one in points):
            yield (
                "-".join(f"{one:x}" for one in points),
                group,
                groups["subgroups"][str(row["subgroup"])],
            )


def _kind(code: str, group: str, subgroup: str) -> str:
    if code in THINGS or subgroup in THINGS_AMONG_FACES or subgroup == "body-parts":
        return "thing"
    if subgroup in HANDS:
        return "hand"
    if group in ("people-body", "flags"):
        return "person" if group == "people-body" else "flag"
    return "symbol" if group in ("symbols", "smileys-emotion") else "thing"


def _locale(folder: Path, locale: str) -> dict[str, dict[str, list[str]]]:
    """Annotations by text, the emoji variation selector left away."""
    found: dict[str, dict[str, list[str]]] = {}
    for package, inside in (
        ("cldr-annotations-derived-full", "annotationsDerived"),
        ("cldr-annotations-full", "annotations"),
    ):
        path = folder / package / inside / locale / "annotations.json"
        if path.exists():
            rows = json.loads(path.read_text())[inside]["annotations"]
            found |= {text.replace("\ufe0f", ""): row for text, row in rows.items()}
    return found


def _words(locales: list[dict[str, Any]], text: str, kind: str, language: str) -> str:
    """``name;another name|keyword|keyword``; nothing where the language has no name for it."""
    rows = [locale[text] for locale in locales if text in locale]
    said = [name for row in rows for name in row.get("tts", ())[:1]]
    names = _unique(form for name in said for form in _forms(name, kind, language))
    keywords = _unique(word for row in rows for word in row.get("default", ()))
    if not names:
        return ""
    others = [word for word in keywords if word not in names]
    return "|".join((";".join(names), *others))


def _forms(name: str, kind: str, language: str) -> Iterator[str]:
    """The name as it is said: "flag: Germany" is the flag of germany."""
    head, colon, tail = name.lower().partition(": ")
    if not colon:
        yield head
    elif kind == "flag" and language == "en":
        yield from (f"flag of {tail}", f"{tail} flag")
    else:
        yield f"{head} {tail}"


def _unique(words: Any) -> list[str]:
    clean = (" ".join(word.lower().replace("|", " ").replace(";", " ").split()) for word in words)
    return list(dict.fromkeys(word for word in clean if word))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
