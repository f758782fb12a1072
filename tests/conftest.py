"""Shared by the whole suite: no hub, no proxies, one seed, quiet libraries."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
# Ray reads these when it is imported, by whichever test comes first: see `use_local_ray`.
os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
os.environ.setdefault("RAY_AUTH_MODE", "token")

import leave_nothing
import pytest
from hypothesis import HealthCheck, settings
from installed import Packages

from maquette.infra import plugins

leave_nothing.start()

settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packages]:
    """Packages that are installed for one test."""
    yield Packages(tmp_path / "site", monkeypatch)
    plugins.named.cache_clear()
