"""Plans as a language model writes them, for one request, with their ledger."""

from __future__ import annotations

from typing import Any

from maquette.records.artifact import ArtifactRef
from maquette.records.task import TaskRequest

PICTURE = ArtifactRef(
    sha256="5" * 64, media_type="image/png", size_bytes=9, width_px=900, height_px=600
)
REQUEST = TaskRequest(text="a poster that says GRAND OPENING above a red circle")
BOX = {"x0": 0.1, "y0": 0.05, "x1": 0.9, "y1": 0.25}
LEDGER = [
    {"words": "a poster", "part": "context", "goes_to": "", "meaning": ""},
    {"words": "GRAND OPENING", "part": "wording", "goes_to": "words", "meaning": ""},
    {"words": "above", "part": "argument", "goes_to": "sheet.blocks", "meaning": "the upper box"},
    {"words": "a red circle", "part": "argument", "goes_to": "art.prompt", "meaning": ""},
]


def call(name: str, tool: str, **arguments: Any) -> dict[str, Any]:
    """A call as it is written."""
    return {"kind": "call", "id": name, "tool": tool, "arguments": arguments, "reason": "needed"}


def answer(tool: str = "typeset", **update: Any) -> dict[str, Any]:
    """A right plan for ``REQUEST``: nulls for what is left out, ``ref`` for references."""
    art = call(
        "art",
        "draw",
        prompt="a red circle",
        negative_prompt=None,
        layout=[{"box": {"x0": 0.3, "y0": 0.4, "x1": 0.7, "y1": 0.8}, "phrase": "red circle"}],
        steps=None,
        guidance=None,
        width_px=None,
        height_px=None,
    )
    block = {"text": "GRAND OPENING", "box": BOX, "font": None, "colour": "#ffffff", "panel": None}
    sheet = call(
        "sheet",
        tool,
        width_px=768,
        height_px=768,
        blocks=[block],
        background="#7a1626",
        art={"ref": "art.image"},
        art_box={"x0": 0, "y0": 0.3, "x1": 1, "y1": 1},
    )
    loop = {
        "kind": "loop",
        "id": "poster",
        "strategy": "revise",
        "body": [art, sheet],
        "result": "sheet.image",
        "criteria": [
            {"id": "words", "kind": "text_reads", "text": "GRAND OPENING"},
            {"id": "thing", "kind": "exists", "thing": "circle"},
        ],
        "candidates": 2,
        "rounds": 2,
        "reason": "words must be exact",
    }
    plan = {
        "refusal": None,
        "summary": "a poster",
        "notes": [],
        "nodes": [loop],
        "outputs": ["poster.image"],
        "ledger": LEDGER,
    }
    return {**plan, **update}
