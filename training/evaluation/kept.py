"""What was measured of the bundled models, and by what: it comes with this package."""

from __future__ import annotations

import shutil
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "results"
"""The judge's weights, a person's labels, rows and their outcomes."""


def kept(work: Path, name: str) -> Path:
    """The folder that holds ``name``: ``work`` if it does, else what comes with this package."""
    return work if (work / name).exists() else RESULTS


def copy_page(results: Path, page: Path) -> None:
    """Copy what a person looks at: table, plot and sheets."""
    page.mkdir(parents=True, exist_ok=True)
    for name in ("pack.md", "pack.png"):
        shutil.copy2(results / name, page / name)
    shutil.copytree(results / "sheets", page / "sheets", dirs_exist_ok=True)
