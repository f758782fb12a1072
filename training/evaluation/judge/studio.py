"""Plans and tools run in this process over measured packs, as a worker runs them."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from maquette.agents.plans.edits import edit_plan
from maquette.agents.reading.changes import Unclear
from maquette.agents.reading.labelled.read import read_labelled
from maquette.infra.media.admit import decode_stored, encode_png
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import EmbeddingClient, GenerationClient
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.host import RoleHost
from maquette.model_servers.serving.roles import build_role
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import MaquetteError
from maquette.records.plan import Loop
from maquette.records.task import TaskOptions, TaskRequest
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext
from maquette.tools.registry import load_registry
from maquette.training.evaluation.rows import Bench
from maquette.words.lexicon import Lexicon

OWNER = "evaluation"
NEEDED = (RoleName.GENERATION, RoleName.SEGMENTATION, RoleName.UNDERSTANDING)


class _Silent:
    """Nobody waits for progress here."""

    async def progress(self, fraction: float, message: str, preview: Any = None) -> None: ...

    async def checkpoint(self, state: dict[str, Any]) -> None: ...


class Studio:
    """The roles of a bench's packs, and the tools over them."""

    def __init__(self, bench: Bench, threads: int = 1) -> None:
        self._store = MemoryArtifactStore()
        self._registry = load_registry()
        self._drawing = {"steps": bench.steps, "guidance": bench.guidance}
        builders = {
            role: partial(
                build_role, role, ModelConfig(model=str(bench.pack(role))), self._store, threads
            )
            for role in NEEDED
        }
        builders[RoleName.EMBEDDING] = partial(
            build_role, RoleName.EMBEDDING, ModelConfig(), self._store, threads
        )
        self._models = DirectClient(RoleHost(builders))
        self._reader = EmbeddingClient(self._models)
        self._runner = asyncio.Runner()

    def changed(self, picture: np.ndarray, instruction: str, seed: int) -> np.ndarray:
        """Change a uint8 picture (H, W, 3) as the planner would, in one try.

        An instruction that the planner asks back about, and a thing that is not found, leave it
        as it is.
        """
        return self._runner.run(self._changed(picture, instruction, seed))

    def named(self, picture: np.ndarray) -> str:
        """What the thing in a uint8 picture (H, W, 3) is; empty: nothing that is known."""
        return self._runner.run(self._named(picture))

    async def _changed(self, picture: np.ndarray, instruction: str, seed: int) -> np.ndarray:
        model = await GenerationClient(self._models).describe()
        changes = (await read_labelled(instruction, 1, self._reader)).items[0].changes
        if changes is None or isinstance(changes, Unclear):
            return picture
        image = await self._kept(picture)
        request = TaskRequest(
            text=instruction, inputs=(image,), options=TaskOptions(seed=seed % 2**31)
        )
        try:
            plan = edit_plan(request, changes, Lexicon.of(model.vocabulary), finds=True)
            for node in plan.nodes:
                for call in node.body if isinstance(node, Loop) else ():
                    image = await self._made(call.tool, call.arguments, image, seed)
        except MaquetteError:
            return picture
        data = await self._store.get(image.sha256, owner=OWNER)
        return np.asarray(decode_stored(data).convert("RGB"))

    async def _named(self, picture: np.ndarray) -> str:
        image = await self._kept(picture)
        told = await self._run("name_thing", {"image": image.model_dump(mode="json")}, 0)
        return str(told["text"])

    async def _made(self, tool: str, arguments: Any, image: ArtifactRef, seed: int) -> ArtifactRef:
        """One step on the result of the last."""
        settled = {**arguments, "image": image.model_dump(mode="json"), **self._drawing}
        return ArtifactRef.model_validate((await self._run(tool, settled, seed))["image"])

    async def _run(self, tool: str, arguments: dict[str, Any], seed: int) -> dict[str, Any]:
        context = ToolContext(
            owner=OWNER, seed=seed, store=self._store, models=self._models, reporter=_Silent()
        )
        return await run_tool(self._registry.get(tool), arguments, context)

    async def _kept(self, picture: np.ndarray) -> ArtifactRef:
        return await self._store.put(encode_png(Image.fromarray(picture)), owner=OWNER)
