"""Load all roles of a pack in this process and time them: run by ``benchmarks/pack.py``.

Calls go through the roles themselves, with pictures in a store in memory, so each figure holds
decoding, the guard, the model and encoding.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

_STARTED = time.perf_counter()

LIBRARIES = ("torch", "transformers", "diffusers", "peft", "sentence_transformers", "rapidocr")
"""Imported before the pack is loaded; the time is told apart."""
SERVED = ("generation", "understanding", "segmentation", "reward", "embedding", "text_rendering")
OWNER = "local"
FIRST_SEED = 990_000

Figures = dict[str, dict[str, Any]]


async def measure(packs: Path, repetitions: int, cores: int, *, bundled: bool) -> Figures:
    """Load every role there is and time its main verb, the first call of each apart.

    Args:
        packs: folder of packs, one a role.
        bundled: whether they are those that come with Maquette.
    """
    figures: Figures = {}
    began = time.perf_counter()
    for name in LIBRARIES:
        import_module(name)
    figures["load.libraries"] = _one(time.perf_counter() - began, "imported before the pack")

    from maquette.infra.settings.load import load_settings
    from maquette.infra.settings.schema import ModelConfig
    from maquette.infra.store.memory import MemoryArtifactStore
    from maquette.model_servers.client.contract import RoleName
    from maquette.model_servers.loading.model_files import BUNDLED
    from maquette.model_servers.serving.direct import DirectClient
    from maquette.model_servers.serving.host import build_host
    from maquette.records.errors import MaquetteError

    models = {}
    for role in SERVED:
        there = role == "text_rendering" or _there(packs, role)
        # Without its pack the embedding role still has MiniLM, the understanding role the OCR,
        # and segmentation cuts out boxes: they are colocated all the same.
        named = BUNDLED if bundled or not there or role == "text_rendering" else str(packs / role)
        options = {}
        if role == "reward" and named != BUNDLED and _there(packs, "understanding"):
            options = {"backbone": str(packs / "understanding")}
        models[role] = ModelConfig(model=named, options=options)
    settings = load_settings(
        "test",
        overrides={
            "serve": {"placement": "inprocess", "threads": cores},
            "models": {role: config.model_dump() for role, config in models.items()},
        },
    )
    store = MemoryArtifactStore()
    host = build_host(settings, store)
    load_s, problems = 0.0, {}
    for role in SERVED:
        began = time.perf_counter()
        try:
            await host.ready(RoleName(role))
        except MaquetteError as error:
            problems[role] = error.message
        took = time.perf_counter() - began
        load_s += took
        figures[f"load.{role}"] = _one(took, problems.get(role, ""))
    missing = [role for role in SERVED[:-1] if not _there(packs, role)]
    note = f"missing: {', '.join(missing)}" if missing else "all roles"
    whole = {"complete": not missing and not problems}
    figures["load"] = _one(load_s, f"{note}; digests checked") | whole
    figures["load.process"] = _one(
        time.perf_counter() - _STARTED, "from the first line of this process to ready"
    )
    client = DirectClient(host)
    needs = {
        "picture": "generation",
        "picture_few_step": "generation",
        "caption": "understanding",
        "caption_long": "understanding",
        "reward": "reward",
        "mask": "segmentation",
    }
    calls = await _calls(client, store)
    for name, role in needs.items():
        if not _there(packs, role) or role in problems:
            reason = problems.get(role, f"there is no {role} in this pack")
            figures[name] = {"values": [], "note": f"missing: {reason}"}
            continue
        figures[name] = await _timed(calls[name], repetitions)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    figures["peak_memory"] = _one(peak, f"{note}; resident, colocated, after all calls") | whole
    await host.stop()
    return figures


async def _calls(client: Any, store: Any) -> dict[str, Callable[[int], Awaitable[None]]]:
    """What is timed, by name; each takes the number of the repetition."""
    import numpy as np
    from PIL import Image

    from maquette.infra.media.admit import encode_png
    from maquette.model_servers.client import roles as clients
    from maquette.model_servers.schemas.generation import Row, RowStatus, StartRequest, StepRequest
    from maquette.model_servers.schemas.understanding import CaptionRequest
    from maquette.training.world.drawing.render import render
    from maquette.training.world.sample import sample_scene
    from maquette.training.world.telling.captions import caption

    generation = clients.GenerationClient(client)
    understanding = clients.UnderstandingClient(client)
    reward, segmentation = clients.RewardClient(client), clients.SegmentationClient(client)

    async def scene(k: int) -> tuple[Any, str, Any]:
        rng = np.random.default_rng(FIRST_SEED + k)
        drawn = sample_scene(rng, counts=(3,), words=0)
        picture = encode_png(Image.fromarray(render(drawn)))
        return drawn, caption(drawn, rng), await store.put(picture, owner=OWNER)

    scenes = [await scene(k) for k in range(64)]

    async def draw(k: int, *, few: bool) -> None:
        prompt = scenes[k % len(scenes)][1]
        row = Row(row_id="r", prompt=prompt, seed=k, few_step=few)
        started = await generation.start(StartRequest(owner=OWNER, rows=(row,)))
        state = started.rows[0]
        while state.status is RowStatus.RUNNING:
            request = StepRequest(session=started.session, steps=state.steps - state.step)
            state = (await generation.step(request)).rows[0]
        if state.status is not RowStatus.DONE:
            raise RuntimeError(f"the picture ended as {state.status}: {state.error}")

    async def describe(k: int, style: str) -> None:
        image = scenes[k % len(scenes)][2]
        request = CaptionRequest.model_validate({"owner": OWNER, "image": image, "style": style})
        await understanding.describe(request)

    async def score(k: int) -> None:
        _, words, image = scenes[k % len(scenes)]
        await reward.score((image,), (words,), ("alignment",), owner=OWNER)

    async def mask(k: int) -> None:
        drawn, _, image = scenes[k % len(scenes)]
        thing = drawn.things[0]
        await segmentation.segment_phrase(image, (f"{thing.colour} {thing.thing}",), owner=OWNER)

    return {
        "picture": lambda k: draw(k, few=False),
        "picture_few_step": lambda k: draw(k, few=True),
        "caption": lambda k: describe(k, "short"),
        "caption_long": lambda k: describe(k, "long"),
        "reward": score,
        "mask": mask,
    }


async def _timed(call: Callable[[int], Awaitable[None]], repetitions: int) -> dict[str, Any]:
    """Seconds of calls, each with another picture; the first one is told apart.

    A call that fails is told as such, and the other figures go on.
    """
    values = []
    try:
        for k in range(repetitions + 1):
            began = time.perf_counter()
            await call(k)
            values.append(time.perf_counter() - began)
    except Exception as error:
        return {"values": [], "note": f"failed: {error}"}
    return {"values": values[1:], "note": f"first call {values[0]:.2f} s"}


def _one(value: float, note: str) -> dict[str, Any]:
    return {"values": [value], "note": note}


def _there(packs: Path, role: str) -> bool:
    folder = packs / role
    return folder.is_dir() and any(folder.iterdir())


def main(asked: dict[str, Any]) -> None:
    """Measure, and write the figures as JSON to where ``asked`` says."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: asked["cores"]])
    packs, bundled = Path(asked["packs"]), asked["bundled"]
    figures = asyncio.run(measure(packs, asked["repetitions"], asked["cores"], bundled=bundled))
    Path(asked["to"]).write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
