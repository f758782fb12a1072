"""The app in process, over fakes of everything behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from api_fakes import BASE, TOKEN, Bench, build


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    app, settings, gateway, store, models = build(tmp_path)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app),
        base_url=BASE,
        headers={"Authorization": f"Bearer {TOKEN}"},
    ) as http:
        yield Bench(app, settings, gateway, store, models, http)
    await gateway.close()
