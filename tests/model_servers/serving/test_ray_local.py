"""Where the local Ray keeps its sockets, and what stacks that have ended left there."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from maquette.model_servers.serving import ray_local

MAKE = """
import sys
from pathlib import Path
from maquette.model_servers.serving import ray_local
ray_local._temp_dir(Path(sys.argv[1]))
print("made", flush=True)
input()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of its own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def _data_dir(temporary: Path, name: str) -> Path:
    """Too long for Ray's sockets to lie in it."""
    return temporary / ("a_long_path_to_" * 3) / name


@pytest.mark.slow
def test_the_folder_of_a_dead_stack_goes_at_the_next_start(temporary: Path) -> None:
    """Killed or not; that of a stack that runs, and what nobody's note is in, stay."""
    other, ours = _data_dir(temporary, "other"), _data_dir(temporary, "ours")
    process = subprocess.Popen(
        [sys.executable, "-c", MAKE, str(other)],
        env={"TMPDIR": str(temporary)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdout.readline() == "made\n"
    (strange,) = [temporary / f"{path.name[:-8]}00000000" for path in temporary.glob("mqr-*")]
    strange.mkdir()
    first = ray_local._temp_dir(ours).parent
    (theirs,) = set(temporary.glob("mqr-*")) - {strange, first}
    assert theirs.is_dir()
    process.kill()
    process.wait()
    assert ray_local._temp_dir(ours).parent == first
    assert set(temporary.glob("mqr-*")) == {first, strange}
