"""The drawn part of a sheet is looked at as a picture of its own."""

from __future__ import annotations

import io

from PIL import Image
from seeing_models import ANSWERS, CRITERIA, seer

from maquette.agents.judging.critic import Critic
from maquette.infra.media.admit import encode_png
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.geometry import Box


async def test_things_are_looked_at_where_they_were_drawn() -> None:
    """Of a sheet the judge of things sees the drawn part alone, a picture that knows its sheet."""
    store = MemoryArtifactStore()
    sheet = Image.new("RGB", (100, 80), "#000000")
    sheet.paste("#dd2222", (0, 20, 100, 80))
    ref = await store.put(encode_png(sheet), owner="local")
    models = seer(ANSWERS)
    critic = Critic(store, models)
    await critic.judge(CRITERIA, ref, owner="local", art=Box(x0=0, y0=0.25, x1=1, y1=1))
    seen = {r.image for _, verb, r in models.requests if verb == "label_scores"}  # type: ignore[attr-defined]
    (art,) = seen
    shown = Image.open(io.BytesIO(await store.get(art.sha256, owner="local")))
    assert shown.size == (100, 60)
    assert shown.convert("RGB").getcolors() == [(6000, (0xDD, 0x22, 0x22))]
    lineage = await store.lineage(art.sha256, owner="local")
    assert lineage is not None and lineage.parents == (ref.sha256,)
