"""Writing a private file from several threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from maquette.infra.settings.dump import write_private


def test_writers_at_once_never_clash(tmp_path: Path) -> None:
    """Whoever writes last wins with a whole file; nobody fails and nothing is left over."""
    target = tmp_path / "note.json"
    contents = [bytes([65 + i]) * 10_000 for i in range(16)]
    with ThreadPoolExecutor(16) as pool:
        for _ in range(20):
            list(pool.map(lambda data: write_private(target, data), contents))
    assert target.read_bytes() in contents
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [target]
