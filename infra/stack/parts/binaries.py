"""Finding what optional packages bring: programs, and the libraries of the model servers."""

from __future__ import annotations

import importlib.metadata
import importlib.util
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
        raise MissingExtra(
            f"the program {program!r} is missing", hint="pip install 'maquette[local]'"
        )
    return Path(found)


def check_serving() -> None:
    """Whether model servers can be started here. Raises: MissingExtra."""
    missing = [name for name in ("ray", "torch") if importlib.util.find_spec(name) is None]
    if missing:
        raise MissingExtra(
            f"the local model server needs {' and '.join(missing)}, not installed here",
            hint="pip install 'maquette[serve]'",
        )
