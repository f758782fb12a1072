"""Finding the programs that ship inside Python packages."""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path

from maquette.records.errors import MissingExtra


def find_binary(program: str, package: str) -> Path:
    """The program installed by the package, else the one on PATH. Raises: MissingExtra."""
    try:
        files = importlib.metadata.files(package) or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name in (program, f"{program}.exe"):
            path = Path(str(file.locate())).resolve()
            if path.is_file():
                return path
    found = shutil.which(program)
    if found is None:
        raise MissingExtra(f"the program {program!r} is missing", hint=f"pip install {package}")
    return Path(found)
