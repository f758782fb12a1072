"""Bodies with set text, and findings about it, for the tests of judging."""

from __future__ import annotations

from typing import Any

from maquette.records.criterion import TextReads
from maquette.records.plan import Call
from maquette.records.verdict import Evidence, Finding, Outcome


def sheet_body(*texts: str, **settings: Any) -> tuple[Call, ...]:
    """A drawing, and a sheet with each text in a block below the last one."""
    blocks = [
        {
            "text": text,
            "box": {"x0": 0.1, "y0": 0.1 + 0.3 * k, "x1": 0.9, "y1": 0.3 + 0.3 * k},
            **settings,
        }
        for k, text in enumerate(texts)
    ]
    return (
        Call(id="art", tool="draw", arguments={"prompt": "a star"}),
        Call(
            id="sheet",
            tool="typeset",
            arguments={
                "art": {"$ref": "art.image"},
                "width_px": 768,
                "height_px": 768,
                "blocks": blocks,
            },
        ),
    )


def failed(text: str, read: str, k: int = 0, extra: str = "") -> Finding:
    """The ``k``-th text read otherwise."""
    return Finding(
        criterion=TextReads(id=f"text{k}", text=text),
        outcome=Outcome.FAILED,
        score=0.5,
        reason="it failed",
        evidence=Evidence(string_read=read, answer=f"extra: {extra}" if extra else None),
    )
