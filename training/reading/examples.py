"""All annotated requests, and names of things by language."""

from __future__ import annotations

import sys
from pathlib import Path

from maquette.tools.art.packs.table import all_cards
from maquette.training.reading.markup import Example, read_file

FOLDER = Path(__file__).parent / "requests"
FILES = {
    "scenes": "en",
    "sheets": "en",
    "others": "en",
    "german": "de",
    "chinese": "zh",
    "spanish": "es",
}
"""Files of annotated requests and their languages."""


def read_all(folder: Path = FOLDER) -> list[Example]:
    """Every example; lines that cannot be read are told and left out."""
    examples: list[Example] = []
    for path in sorted(folder.glob("*.tsv")):
        language = next((code for name, code in FILES.items() if name in path.stem), "en")
        found, faults = read_file(path, language)
        examples += found
        for fault in faults:
            sys.stderr.write(f"{fault}\n")
    return examples


def things_by_language() -> dict[str, list[str]]:
    """Short names of the things of the art packs."""
    named: dict[str, list[str]] = {}
    for card in all_cards().values():
        if card.kind != "thing":
            continue
        for language in ("en", "de", "es", "zh"):
            for name in card.names.get(language, ())[:2]:
                if len(name.split()) <= 2 and len(name) < 24:
                    named.setdefault(language, []).append(name)
    return {language: sorted(set(names)) for language, names in named.items()}
